import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatExact, formatFigure } from "../formatters";

const { DateTime } = luxon;

/**
 * What a figure means and how sure it is, its target and the way to set one, the months closed as they were
 * then beside what is found today, and its place on the reader's first page. Months are those of a whole
 * company: `whole` names it where the dashboard shows something else.
 */
export class KpiDefinition extends Component {
    static template = "adv_kpi.KpiDefinition";
    static components = { Dialog };
    static props = {
        card: { type: Object },
        currencyId: { type: Number, optional: true },
        until: { type: String, optional: true },
        whole: { type: String, optional: true },
        onOpen: { type: Function, optional: true },
        onSetTarget: { type: Function, optional: true },
        place: { type: [Object, { value: null }], optional: true },
        onPlace: { type: Function, optional: true },
        close: { type: Function },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ months: [] });
        onWillStart(() => this.loadMonths());
    }

    /** The months that were recorded; people who may not read the records see none. */
    async loadMonths() {
        const { card, until } = this.props;
        if (!until || card.not_applicable) {
            return;
        }
        const from = DateTime.fromISO(until).startOf("month").minus({ months: 12 }).toISODate();
        const months = await this.orm.call("adv.kpi", "get_restated", [[card.code], from, until]);
        this.state.months = months[card.code].reverse();
    }

    format(value) {
        return formatFigure(value, this.props.card, this.props.currencyId);
    }

    get months() {
        return this.state.months.map(({ date_from, as_was, restated, same_definition }) => ({
            key: date_from,
            label: DateTime.fromISO(date_from).toFormat("LLLL yyyy"),
            asWas: this.format(as_was),
            restated: this.format(restated),
            isSame: same_definition,
            moved: this.format(as_was) !== this.format(restated),
        }));
    }

    /** The numbers that the value is made of, where they are more than two. */
    get parts() {
        const { card, currencyId } = this.props;
        return (card.parts || []).map((part) => ({
            part,
            value: formatExact(part.value, part, currencyId),
        }));
    }

    get target() {
        const { target } = this.props.card;
        if (!target) {
            return null;
        }
        const ends = [target.value, target.value_to].filter((end) => end !== undefined);
        return ends.map((end) => this.format(end)).join(" – ");
    }

    /** How sure the value is, in sentences. */
    get cautions() {
        const { apart, interval, maturity, spread } = this.props.card;
        return [
            interval &&
                interval.low !== null &&
                _t(
                    "It stands on %(count)s cases only: with as many, chance alone puts the true value between %(low)s and %(high)s 19 times in 20.",
                    {
                        count: interval.n,
                        low: this.format(interval.low),
                        high: this.format(interval.high),
                    }
                ),
            interval && interval.low === null && _t("It stands on one case only."),
            maturity &&
                _t("%(share)s of the period is decided; the rest can still change the value.", {
                    share: formatFigure(Math.floor(maturity.percent), { unit: "percent" }),
                }),
            spread &&
                _t("Half of them took %(median)s or less, nine out of ten %(p90)s or less.", {
                    median: this.format(spread.median),
                    p90: this.format(spread.p90),
                }),
            apart &&
                _t("Call-off orders among them: %(count)s, with a mean of %(value)s.", {
                    count: apart.part.value,
                    value: this.format(apart.value),
                }),
        ].filter(Boolean);
    }

    open(part) {
        this.props.close();
        this.props.onOpen(part);
    }

    setTarget() {
        this.props.close();
        this.props.onSetTarget();
    }

    put(place) {
        this.props.close();
        this.props.onPlace(place);
    }
}
