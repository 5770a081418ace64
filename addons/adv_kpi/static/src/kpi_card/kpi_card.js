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

    get value() {
        return this.format(this.props.card.value);
    }

    get exactValue() {
        const { card, currencyId } = this.props;
        return formatExact(card.value, card, currencyId);
    }

    get opens() {
        const { numerator, denominator } = this.props.card;
        return numerator || denominator;
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
        if (!change || change.is_better === null) {
            return { className: "text-muted", icon: "", word: "" };
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
