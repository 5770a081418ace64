import { _t } from "@web/core/l10n/translation";
import { formatFigure } from "../formatters";

const { DateTime } = luxon;

/**
 * The charts of the first page, as `KpiChart` takes them.
 */

/**
 * @param {Object} card of the figure, with its months
 * @param {Function} open called with the month chosen
 */
export function onTime(card, open) {
    const months = card.series.map((point) => DateTime.fromISO(point.date_from));
    return {
        title: _t("On time, 13 months"),
        empty: _t("Appears with the first promised deliveries."),
        type: "line",
        labels: months.map((month) => month.toFormat("LLL yy")),
        values: card.series.map((point) => point.value),
        target: card.target?.value,
        targetLabel: _t("Target"),
        maximum: 100,
        format: (value) => formatFigure(value, { unit: "percent" }),
        onOpen: (index) => open(card.series[index]),
    };
}

/**
 * @param {Object[]} bars orders by type of error
 * @param {Function} open called with a label and the records behind a bar
 */
export function errorTypes(bars, open) {
    return {
        title: _t("Entry errors by type"),
        empty: _t("No entry error reached a customer in this period."),
        labels: bars.map((bar) => bar.label),
        values: bars.map((bar) => bar.value),
        format: (value) => formatFigure(value, { unit: "count" }),
        onOpen: (index) => open(bars[index].label, bars[index]),
    };
}

/**
 * @param {Object[]} ages what is owed by days late
 * @param {number} currencyId
 * @param {Function} open called with a label and the records behind a bar
 */
export function aged(ages, currencyId, open) {
    const labels = ages.map(ageLabel);
    return {
        title: _t("Receivables by days late"),
        empty: _t("Customers owe nothing."),
        labels,
        values: ages.map((age) => age.value),
        format: (value) => formatFigure(value, { unit: "currency" }, currencyId),
        onOpen: (index) => open(labels[index], ages[index]),
    };
}

function ageLabel({ after, up_to }) {
    if (after === null) {
        return _t("Not due");
    }
    return up_to === null
        ? _t("Over %s d", after)
        : _t("%(from)s-%(to)s d", { from: after + 1, to: up_to });
}
