import { markup } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

function nothing() {
    const head = _t("Nothing is counted here");
    const text = _t(
        "With the period and the filters of the dashboard no record adds to this number."
    );
    return markup`<p class="o_view_nocontent_smiling_face">${head}</p><p>${text}</p>`;
}

/**
 * The action that shows the records behind a number.
 *
 * @param {string} name
 * @param {{ model: string, domain: Array }} part
 * @returns {Object}
 */
export function recordsAction(name, { model, domain }) {
    const withForm = !model.endsWith(".entry");
    // Odoo's list of invoices shows their customer only where it is told that they are customers'
    const isCustomers = model === "account.move" && JSON.stringify(domain).includes('"out_');
    const kind = isCustomers ? { default_move_type: "out_invoice" } : {};
    return {
        type: "ir.actions.act_window",
        name,
        res_model: model,
        views: [[false, "list"], withForm ? [false, "form"] : [false, "pivot"]],
        domain,
        context: { create: false, ...kind },
        help: nothing(),
        useSampleModel: false, // no invented orders behind a figure of 0
    };
}
