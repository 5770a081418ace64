import { Component } from "@odoo/owl";

/**
 * One number of a page: what it is, how much, and the parts of it worth a look. Each opens its records.
 */
export class FigureCard extends Component {
    static template = "adv_orders.FigureCard";
    static props = {
        card: {
            type: Object,
            shape: {
                label: String,
                value: String,
                key: { type: String, optional: true },
                hint: { type: String, optional: true },
                tone: { type: String, optional: true },
                mark: { type: String, optional: true },
                parts: { type: Array, optional: true },
            },
        },
        open: Function,
    };

    static tones = {
        danger: { icon: "fa-exclamation-circle", text: "text-danger" },
        warning: { icon: "fa-clock-o", text: "text-warning-emphasis" },
        success: { icon: "fa-check-circle", text: "text-success" },
    };

    tone(name) {
        return FigureCard.tones[name] || { icon: "", text: "" };
    }

    get parts() {
        return this.props.card.parts || [];
    }
}
