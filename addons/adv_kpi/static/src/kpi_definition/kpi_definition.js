import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { formatFigure } from "../formatters";

/**
 * What a figure means, its target, and the way to set one.
 */
export class KpiDefinition extends Component {
    static template = "adv_kpi.KpiDefinition";
    static components = { Dialog };
    static props = {
        card: { type: Object },
        currencyId: { type: Number, optional: true },
        onSetTarget: { type: Function, optional: true },
        close: { type: Function },
    };

    get target() {
        const { card, currencyId } = this.props;
        return card.target && formatFigure(card.target.value, card, currencyId);
    }

    setTarget() {
        this.props.close();
        this.props.onSetTarget();
    }
}
