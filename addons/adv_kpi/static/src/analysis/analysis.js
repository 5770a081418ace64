import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFigure } from "../formatters";
import { KpiChart } from "../kpi_chart/kpi_chart";

const { DateTime } = luxon;

const SIGNALS = {
    above: _t("above the upper limit"),
    below: _t("below the lower limit"),
    run_above: _t("nine in a row above the mean"),
    run_below: _t("nine in a row below the mean"),
};

/**
 * What is behind the figures: errors with their control limits, what perfect orders are lost to, hours
 * needed against hours present, cash tied up.
 */
export class KpiAnalysis extends Component {
    static template = "adv_kpi.Analysis";
    static components = { KpiChart };
    static props = { period: { type: Object } };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ data: null });
        onWillStart(() => this.load(this.props.period));
        onWillUpdateProps(({ period }) => this.load(period));
    }

    async load(period) {
        this.state.data = await this.keepLast.add(
            this.orm.call("adv.kpi", "get_analysis", [
                serializeDate(period.from),
                serializeDate(period.to),
            ])
        );
    }

    get control() {
        const { points, centre } = this.state.data.control;
        const months = points.map((point) => DateTime.fromISO(point.date_from));
        return {
            title: _t("Entry errors: chance or cause"),
            empty: _t("Appears with the first orders received."),
            type: "line",
            labels: months.map((month) => month.toFormat("LLL yy")),
            values: points.map((point) => point.value),
            target: centre ?? undefined,
            targetLabel: _t("Mean"),
            lines: [
                { label: _t("Upper limit"), values: points.map((point) => point.upper) },
                { label: _t("Lower limit"), values: points.map((point) => point.lower) },
            ],
            format: (value) => formatFigure(value, { unit: "percent", decimals: 1 }),
        };
    }

    /** The months that chance alone does not explain, as sentences. */
    get causes() {
        return (this.state.data.control.points || [])
            .filter((point) => point.signal)
            .map((point) =>
                _t("%(month)s: %(signal)s", {
                    month: DateTime.fromISO(point.date_from).toFormat("LLLL yyyy"),
                    signal: SIGNALS[point.signal],
                })
            );
    }

    get losses() {
        const labels = {
            late: _t("Late"),
            not_in_full: _t("Not in full"),
            error: _t("With an error"),
            disputed: _t("Disputed"),
            rest: _t("Perfect"),
        };
        const steps = this.state.data.losses.orders;
        return {
            title: _t("What perfect orders are lost to"),
            empty: _t("Appears with the first promised deliveries."),
            labels: steps.map(({ key }) => labels[key]),
            values: steps.map(({ value }) => value),
            format: (value) => formatFigure(value, { unit: "count" }),
        };
    }

    get staffing() {
        const { weeks } = this.state.data.staffing;
        return {
            title: _t("Hours needed and hours present, by week"),
            empty: _t("Appears with the first documents."),
            labels: weeks.map((week) => DateTime.fromISO(week.date_from).toFormat("d LLL")),
            values: weeks.map((week) => week.needed),
            lines: [{ label: _t("Hours present"), values: weeks.map((week) => week.present) }],
            format: (value) => formatFigure(value, { unit: "hours", decimals: 0 }),
        };
    }

    get cash() {
        const { currency_id, disputed, disputed_days, corrected, corrected_days } =
            this.state.data.cash;
        const amount = (value) => formatFigure(value, { unit: "currency" }, currency_id);
        const days = (value) => formatFigure(value, { unit: "days", decimals: 1 });
        return [
            { label: _t("In dispute"), amount: amount(disputed), days: days(disputed_days) },
            {
                label: _t("Credited for errors"),
                amount: amount(corrected),
                days: days(corrected_days),
            },
        ];
    }

    get charts() {
        const { control, losses, staffing } = this.state.data;
        return [
            control.points && this.control,
            losses.orders && this.losses,
            staffing.weeks && this.staffing,
        ].filter(Boolean);
    }
}
