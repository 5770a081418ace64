import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFigure } from "../formatters";
import { KpiChart } from "../kpi_chart/kpi_chart";

const { DateTime } = luxon;

const percents = (value) => formatFigure(value, { unit: "percent", decimals: 1 });

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
    static props = {
        period: { type: Object },
        filters: { type: Object, optional: true },
        onOpen: { type: Function },
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ data: null, code: null });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ filters = {}, period }) {
        const key = JSON.stringify([serializeDate(period.from), serializeDate(period.to), filters]);
        if (key === this.loaded) {
            return;
        }
        this.loaded = key;
        const data = await this.keepLast.add(
            this.orm.call("adv.kpi", "get_analysis", JSON.parse(key))
        );
        Object.assign(this.state, { data, code: null });
    }

    // --- CONTROL CHART ---

    get charted() {
        return this.state.data.charted || [];
    }

    /** The figure whose control chart is shown: the first one until another is chosen. */
    get figure() {
        return this.charted.find(({ code }) => code === this.state.code) || this.charted[0];
    }

    async chartOf(code) {
        const { points } = this.state.data.control;
        const span = [points[0].date_from, points.at(-1).date_to];
        const { filters = {} } = this.props;
        const control = await this.keepLast.add(
            this.orm.call("adv.kpi", "get_control_chart", [code, ...span], { filters })
        );
        this.state.code = code;
        this.state.data.control = control;
    }

    async openMonth({ date_from, date_to }) {
        const { code, name } = this.figure;
        const { filters = {} } = this.props;
        const values = await this.orm.call("adv.kpi", "get_values", [[code], date_from, date_to], {
            filters,
        });
        return this.props.onOpen(name, values[code].numerator);
    }

    get control() {
        const { points, centre } = this.state.data.control;
        const months = points.map((point) => DateTime.fromISO(point.date_from));
        const figure = this.figure;
        return {
            title: figure
                ? _t("%s: chance or cause", figure.name)
                : _t("Entry errors: chance or cause"),
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
            valueLabel: figure ? figure.name : _t("Entry errors"),
            signals: points.map((point) => Boolean(point.signal)),
            format: figure ? (value) => formatFigure(value, figure) : percents,
            onOpen: figure && ((index) => this.openMonth(points[index])),
        };
    }

    /** Which few types make most of the errors. */
    get errors() {
        const { errors } = this.state.data;
        const { onOpen } = this.props;
        return {
            title: _t("Errors by type, and the share reached with them"),
            empty: _t("No error was found in this period."),
            labels: errors.map(({ label }) => label),
            values: errors.map(({ value }) => value),
            valueLabel: _t("Errors"),
            lines: [
                {
                    label: _t("Share reached"),
                    values: errors.map(({ cumulated }) => cumulated),
                    isShare: true,
                    format: (value) => formatFigure(value, { unit: "percent" }),
                },
            ],
            format: (value) => formatFigure(value, { unit: "count" }),
            onOpen: (index) => errors[index].model && onOpen(errors[index].label, errors[index]),
        };
    }

    /** What came in after the notices, beside what the same customers pay without one. */
    get recovery() {
        const { claimed, days, seen, usual } = this.state.data.recovery;
        const title = _t("Paid after a notice");
        return {
            title,
            empty: _t("Appears 15 days after the first notices."),
            type: "line",
            labels: days.map((day) => _t("%s d", day)),
            values: seen || [],
            valueLabel: _t("Paid"),
            lines: usual
                ? [{ label: _t("What these customers usually pay in as many days"), values: usual }]
                : [],
            format: percents,
            onOpen: claimed && (() => this.props.onOpen(title, claimed)),
        };
    }

    /** The months that chance alone does not explain, as sentences: a run of months is one. */
    get causes() {
        const causes = [];
        let before = null;
        for (const point of this.state.data.control.points || []) {
            const { date_from, signal } = point;
            if (signal && signal === before?.signal) {
                causes.at(-1).to = date_from;
            } else if (signal) {
                causes.push({ from: date_from, to: date_from, signal });
            }
            before = point;
        }
        return causes.map(({ from, signal, to }) =>
            _t("%(months)s: %(signal)s", {
                months: this.monthsLabel(from, to),
                signal: SIGNALS[signal],
            })
        );
    }

    monthsLabel(from, to) {
        const [first, last] = [from, to].map((day) => DateTime.fromISO(day).toFormat("LLLL yyyy"));
        return first === last ? first : _t("%(first)s to %(last)s", { first, last });
    }

    get lossLabels() {
        return {
            late: _t("Late"),
            not_in_full: _t("Not in full"),
            error: _t("With an error"),
            disputed: _t("Disputed"),
            rest: _t("Perfect"),
        };
    }

    /** A waterfall: from all the orders promised down to the perfect ones, in orders and in value. */
    get losses() {
        const { currency_id, orders, value = [], whole: promised } = this.state.data.losses;
        const whole = orders.length ? (orders[0].before ?? 0) : 0;
        const labels = [_t("Promised"), ...orders.map(({ key }) => this.lossLabels[key])];
        const parts = [promised, ...orders];
        const amount = (sum) => formatFigure(sum, { unit: "currency" }, currency_id);
        return {
            title: _t("What perfect orders are lost to"),
            empty: _t("Appears with the first promised deliveries."),
            labels,
            values: [whole, ...orders.map((step) => step.value)],
            ranges: [
                [0, whole],
                ...orders.map(({ after, before, key }) =>
                    key === "rest" ? [0, after] : [after, before]
                ),
            ],
            valueLabel: _t("Orders"),
            details: value.length
                ? [
                      {
                          label: _t("Value"),
                          values: [value[0].before, ...value.map((step) => step.value)],
                      },
                  ]
                : [],
            detailFormat: amount,
            format: (number) => formatFigure(number, { unit: "count" }),
            onOpen: promised && ((index) => this.props.onOpen(labels[index], parts[index])),
        };
    }

    get staffing() {
        const { p50, p90, weeks } = this.state.data.staffing;
        const level = (label, value) =>
            typeof value === "number" ? [{ label, values: weeks.map(() => value) }] : [];
        return {
            title: _t("Hours needed and hours present, by week"),
            empty: _t("Appears with the first documents."),
            labels: weeks.map((week) => DateTime.fromISO(week.date_from).toFormat("d LLL")),
            values: weeks.map((week) => week.needed),
            valueLabel: _t("Hours needed"),
            lines: [
                { label: _t("Hours present"), values: weeks.map((week) => week.present) },
                ...level(_t("Half of the weeks of a year need less"), p50),
                ...level(_t("Nine weeks in ten need less"), p90),
            ],
            format: (value) => formatFigure(value, { unit: "hours", decimals: 0 }),
        };
    }

    get cash() {
        const {
            currency_id,
            disputed,
            disputed_days,
            corrected,
            corrected_days,
            records = {},
        } = this.state.data.cash;
        const amount = (value) => formatFigure(value, { unit: "currency" }, currency_id);
        const days = (value) => formatFigure(value, { unit: "days", decimals: 1 });
        return [
            {
                label: _t("In dispute"),
                amount: amount(disputed),
                days: days(disputed_days),
                part: disputed && records.disputed,
            },
            {
                label: _t("Credited for errors"),
                amount: amount(corrected),
                days: days(corrected_days),
                part: corrected && records.corrected,
            },
        ];
    }

    get charts() {
        const { control, errors, losses, recovery, staffing } = this.state.data;
        return [
            control.points && this.control,
            errors && this.errors,
            losses.orders && this.losses,
            staffing.weeks && this.staffing,
            recovery?.days && this.recovery,
        ].filter(Boolean);
    }
}
