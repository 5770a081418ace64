import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { FigureCard } from "./figure_card";

/**
 * Shows a Json field that holds figures; a figure opens through the record's `action_open_figure`.
 */
export class FiguresField extends Component {
    static template = "adv_orders.FiguresField";
    static components = { FigureCard };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get cards() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(key) {
        const { resModel, resId } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, "action_open_figure", [[resId], key]));
    }
}

export const figuresField = {
    component: FiguresField,
    supportedTypes: ["json", "jsonb"],
};

registry.category("fields").add("adv_figures", figuresField);
