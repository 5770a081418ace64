import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const openMenu = (parent, leaf, title) => [
    { trigger: `button[data-menu-xmlid='adv_orders.${parent}']`, run: "click" },
    { trigger: `a[data-menu-xmlid='adv_orders.${leaf}']`, run: "click" },
    { trigger: `.o_last_breadcrumb_item:contains('${title}')` },
];

const back = { trigger: ".o_back_button a, .breadcrumb-item a", run: "click" };

tours.add("adv_screens_desk", {
    steps: () => [
        { trigger: ".o_data_row td:contains('SCREEN-1'), .o_data_row" },
        { trigger: "button.o_switch_view.o_calendar", run: "click" },
        {
            content: "each order stands on the day to act",
            trigger: ".o_calendar_view .fc-event",
            run: "click",
        },
        {
            content: "what is to be settled is said there",
            trigger: ".o_cw_popover:contains('Dupont'):contains('has no price')",
        },
        { trigger: ".o_cw_popover .o_cw_popover_edit, .o_cw_popover .btn-primary", run: "click" },
        { trigger: ".o_form_view .o_adv_order_timeline" },
        back,
        { trigger: "button.o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot_view th:contains('To correct')" },
        { trigger: "button.o_switch_view.o_graph", run: "click" },
        { trigger: ".o_graph_view canvas" },
        ...openMenu("menu_promises", "menu_late", "Late and at risk"),
        {
            content: "a late line opens its order",
            trigger: ".o_data_row td[name=product_id]:contains('Sofa')",
            run: "click",
        },
        { trigger: ".o_form_view .o_adv_order_timeline li[data-step=outlook]" },
        {
            content: "the promises of this order, as a list",
            trigger: "button[name=action_open_adv_lines]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row td:contains('Sofa')" },
    ],
});

tours.add("adv_screens_history", {
    steps: () => [
        { trigger: ".o_group_header:contains('Line without price')", run: "click" },
        {
            content: "an outcome opens its order",
            trigger: ".o_data_row td[name=message]:contains('has no price')",
            run: "click",
        },
        {
            content: "the findings stand in the tab, the failed one first",
            trigger: ".o_form_view a[name=adv]",
            run: "click",
        },
        {
            trigger:
                "div[name=adv_check_result_ids] .o_data_row:first-child:contains('Line without price') .badge:contains('Failed')",
        },
        ...openMenu("menu_quality", "menu_approval", "Approvals"),
        {
            trigger: ".o_data_row:contains('Refused') td[name=partner_id]",
            run: "click",
        },
        {
            content: "who decided, and why",
            trigger: ".o_form_view div[name=reason]:contains('Too much at once')",
        },
        ...openMenu("menu_orders", "menu_payment_advice", "Payment advices"),
        { trigger: ".o_data_row td:contains('Remittance 311')", run: "click" },
        { trigger: ".o_form_view button[name=action_unfile]" },
    ],
});

tours.add("adv_screens_settings", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_selected_row td[name=name] input", run: "edit Wrong colour" },
        { trigger: ".o_selected_row td[name=error_type_id] input", run: "edit Product" },
        { trigger: ".ui-autocomplete a:contains(Product)", run: "click" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".o_data_row:not(.o_selected_row) td:contains('Wrong colour')" },
        ...openMenu("menu_config", "menu_error_type", "Error types"),
        { trigger: ".o_data_row td:contains('Missing document')" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_selected_row td[name=name] input", run: "edit Packaging" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".o_data_row:not(.o_selected_row) td:contains('Packaging')" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_config']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_settings']", run: "click" },
        {
            content: "the settings of the sales administration",
            trigger:
                ".settings .app_settings_block[data-key=adv_orders] div[name=adv_answer_hours] input",
            run: "edit 6",
        },
        {
            trigger: "button.o_form_button_save, button[name=execute]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "body:not(:has(.settings))" },
    ],
});
