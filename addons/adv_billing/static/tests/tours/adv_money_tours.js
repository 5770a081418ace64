import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("adv_money_month_end", {
    steps: () => [
        { content: "No pack yet: the list says what it is", trigger: ".o_view_nocontent" },
        { content: "New pack", trigger: ".o_list_button_add", run: "click" },
        {
            content: "The last month is proposed: work it out",
            trigger: "button[name=action_compute]",
            run: "click",
        },
        {
            content: "Six chairs delivered and not invoiced",
            trigger: ".o_field_widget[name=delivered_amount]:contains('600.00')",
        },
        { content: "Its lines", trigger: "button[name=action_view_lines]", run: "click" },
        {
            content: "Open the group",
            trigger: ".o_group_header:contains(Delivered, not invoiced)",
            run: "click",
        },
        {
            content: "The order behind the figure",
            trigger: ".o_data_row:contains(ACME):contains('600.00') td[name=order_id]",
            run: "click",
        },
        { content: "It opens", trigger: ".o_form_view [name=order_line]" },
    ],
});

registry.category("web_tour.tours").add("adv_money_receipt", {
    steps: () => [
        {
            content: "A receipt that could not be sent",
            trigger: ".o_data_row:contains(ACME) .badge:contains(Failed)",
            run: "click",
        },
        { content: "It says why", trigger: ".alert-danger:contains(e-mail address)" },
        { content: "What it settled", trigger: "[name=line_ids] .o_data_row:contains('100.00')" },
        { content: "Send", trigger: "button[name=action_send]", run: "click" },
        { content: "Sent", trigger: ".o_arrow_button_current:contains(Sent)" },
    ],
});

registry.category("web_tour.tours").add("adv_money_settings", {
    steps: () => [
        {
            content: "How strict: observe until somebody decides",
            trigger: "#adv_billing_mode .o_field_widget[name=adv_billing_mode] input",
            run: "click",
        },
        { content: "Choose", trigger: ".o_select_menu_item:contains(Warn)", run: "click" },
        {
            content: "Every night",
            trigger: "#adv_billing_nightly [name=adv_billing_nightly] input",
            run: "click",
        },
        {
            content: "Nobody gets receipts, so no day is asked",
            trigger: "#adv_receipts:not(:has([name=adv_receipts_since]))",
        },
        {
            content: "Who gets receipts",
            trigger: "#adv_receipts .o_field_widget[name=adv_receipts] input",
            run: "click",
        },
        {
            content: "Choose",
            trigger: ".o_select_menu_item:contains(Every customer)",
            run: "click",
        },
        {
            content: "From a day on, which stands there",
            trigger:
                "#adv_receipts [name=adv_receipts_since]:has(input:not(:empty), button:not(:empty))",
        },
        {
            content: "Save",
            trigger: "button.o_form_button_save",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Saved", trigger: "body:not(:has(.settings))" },
    ],
});

registry.category("web_tour.tours").add("adv_money_limit", {
    steps: () => [
        { content: "No limit yet", trigger: ".o_view_nocontent_smiling_face" },
        { content: "New limit", trigger: ".o_list_button_add", run: "click" },
        {
            content: "Customer",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit ACME",
        },
        { content: "Choose", trigger: ".ui-menu-item a:contains(ACME)", run: "click" },
        { content: "Amount", trigger: ".o_field_widget[name=amount] input", run: "edit 800" },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        {
            content: "It holds today",
            trigger: ".o_form_saved [name=state] .badge:contains(Valid)",
        },
    ],
});

registry.category("web_tour.tours").add("adv_money_exposure", {
    steps: () => [
        {
            content: "Exposure and billing",
            trigger: ".o_notebook a[name=adv_exposure]",
            run: "click",
        },
        {
            content: "200 too much",
            trigger: ".o_field_widget[name=adv_credit_left]:contains('-200.00')",
        },
        {
            content: "What is confirmed and not delivered",
            trigger: "div:has(> .o_field_widget[name=adv_exposure_undelivered]) > button",
            run: "click",
        },
        { content: "Open the group", trigger: ".o_group_header:contains(Confirmed)", run: "click" },
        {
            content: "The item",
            trigger: ".o_data_row:contains(Chair) td[name=amount]",
            run: "click",
        },
        { content: "Its order", trigger: ".o_form_view [name=order_line]" },
    ],
});

registry.category("web_tour.tours").add("adv_money_on_hold", {
    steps: () => [
        {
            content: "The order, with the reason",
            trigger: ".o_data_row:contains(ACME):contains(Put on hold) .badge:contains(On hold)",
        },
        {
            content: "Release it",
            trigger: ".o_data_row:contains(ACME) button:contains(Release)",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Transfer seen",
        },
        { content: "Release", trigger: ".modal button[name=action_release]", run: "click" },
        { content: "Released", trigger: ".o_data_row:contains(ACME) .badge:contains(Released)" },
    ],
});

registry.category("web_tour.tours").add("adv_money_dispute", {
    steps: () => [
        {
            content: "Which delivery went wrong",
            trigger: ".o_field_widget[name=adv_picking_id] input",
            run: "click",
        },
        { content: "This one", trigger: ".ui-menu-item a:contains(OUT)", run: "click" },
        {
            content: "Who answers",
            trigger: ".o_field_widget[name=adv_department_id] input",
            run: "edit Logistics",
        },
        { content: "Choose", trigger: ".ui-menu-item a:contains(Logistics)", run: "click" },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_saved" },
    ],
});
