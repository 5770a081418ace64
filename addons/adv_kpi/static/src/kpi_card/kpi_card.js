import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatChange, formatExact, formatFigure } from "../formatters";
import { Sparkline } from "../sparkline/sparkline";

/**
 * One figure: value, change, target, last months. The value opens its records, the label its definition.
 */
export class KpiCard extends Component {
    static template = "adv_kpi.KpiCard";
    static components = { Sparkline };
    static props = {
        card: { type: Object },
        currencyId: { type: Number, optional: true },
        comparedLabel: { type: String, optional: true },
        onDefine: { type: Function },
        onOpen: { type: Function },
    };

    format(value, kpi = this.props.card) {
        return formatFigure(value, kpi, this.props.currencyId);
    }

    /** A duration shows its median first: a mean hides the long ones. */
    get value() {
        const { spread, value } = this.props.card;
        return this.format(spread ? spread.median : value);
    }

    /** Nine out of ten, and the mean that is compared and aimed at. */
    get spread() {
        const { spread, value } = this.props.card;
        return spread && { p90: this.format(spread.p90), mean: this.format(value) };
    }

    get apart() {
        const { apart } = this.props.card;
        return (
            apart && {
                count: this.format(apart.part.value, { unit: "count" }),
                value: this.format(apart.value),
            }
        );
    }

    /** The ends between which the true value lies, where few cases say little. */
    get interval() {
        const { interval } = this.props.card;
        if (!interval || interval.low === null || interval.low === interval.high) {
            return null;
        }
        return _t("likely %(low)s to %(high)s", {
            low: this.format(interval.low),
            high: this.format(interval.high),
        });
    }

    get maturity() {
        const { maturity } = this.props.card;
        return (
            maturity &&
            _t("%s decided", formatFigure(Math.floor(maturity.percent), { unit: "percent" }))
        );
    }

    get exactValue() {
        const { card, currencyId } = this.props;
        return formatExact(card.value, card, currencyId);
    }

    get opens() {
        const { numerator, denominator } = this.props.card;
        return numerator || denominator;
    }

    /** A value of more than two numbers opens the panel that names them, each with its records. */
    get isMadeOfParts() {
        return Boolean(this.props.card.parts?.length);
    }

    /** A percentage shows what it is a share of; a mean over how many. */
    get parts() {
        const { numerator, denominator, unit, parts_unit } = this.props.card;
        if (!denominator || !denominator.value) {
            return null;
        }
        const show = (part) =>
            this.format(Math.abs(part.value), {
                unit: part.aggregate === "count" ? "count" : parts_unit || "currency",
            });
        return {
            share: unit === "percent" ? show(numerator) : null,
            whole: show(denominator),
        };
    }

    get change() {
        const { card, currencyId } = this.props;
        return formatChange(card.change, card, currencyId);
    }

    get changeState() {
        const { change } = this.props.card;
        const isShown = /[1-9]/.test(this.change);
        if (!change || change.is_better === null || !isShown) {
            return { className: "o_adv_quiet", icon: "", word: "" };
        }
        return change.is_better
            ? { className: "text-success", icon: "fa-check", word: _t("better") }
            : { className: "text-danger", icon: "fa-times", word: _t("worse") };
    }

    get target() {
        const { target } = this.props.card;
        if (!target) {
            return null;
        }
        const ends = [target.value, target.value_to].filter((end) => end !== undefined);
        return ends.map((end) => this.format(end)).join(" – ");
    }

    get isMissed() {
        return this.props.card.target?.is_met === false;
    }

    get months() {
        return this.props.card.series.map((point) => point.value);
    }

    get hasMonths() {
        return this.months.filter((value) => value !== null).length > 1;
    }

    get monthsLabel() {
        const known = this.months.filter((value) => value !== null);
        return _t("Last 13 months, from %(first)s to %(last)s", {
            first: this.format(known[0]),
            last: this.format(known.at(-1)),
        });
    }
}
