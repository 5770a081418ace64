import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("adv_orders_morning", {
    steps: () => [
        {
            content: "what holds orders, by reason",
            trigger: ".o_adv_figure[data-key=blocked] button:contains('Line without price 1')",
            run: "click",
        },
        {
            content: "the list has the same order",
            trigger: ".o_list_view .o_data_row td:contains('has no price')",
        },
        {
            content: "back to the page",
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            content: "the backlog is a list of lines",
            trigger: ".o_adv_figure[data-key=backlog] button",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row td[name=adv_amount_open]" },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        { trigger: ".o_adv_morning .o_adv_figure[data-key=late]" },
    ],
});

tours.add("adv_orders_process", {
    steps: () => [
        {
            content: "who has the orders to approve, and how many",
            trigger: "tr[data-key=to_approve] td:contains('Finance')",
        },
        { trigger: "tr[data-key=to_approve] button", run: "click" },
        { trigger: ".o_list_view .o_data_row td:contains('Finance has to approve')" },
    ],
});

tours.add("adv_orders_habits", {
    steps: () => [
        {
            content: "the customer whose order did not come",
            trigger: ".o_data_row:contains('Dupont Frères') button[name=action_open_called]",
            run: "click",
        },
        { trigger: ".modal div[name=note] input", run: "edit Orders again after the holidays" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "left in peace",
            trigger: "body:not(:has(.modal)) .o_view_nocontent_smiling_face",
        },
        { trigger: ".o_searchview_facet .o_facet_remove", run: "click" },
        { trigger: ".o_data_row td:contains('Dupont Frères')", run: "click" },
        { content: "the call is kept", trigger: "a[name=contacts]", run: "click" },
        { trigger: "td:contains('Orders again after the holidays')" },
        { trigger: "a[name=products]", run: "click" },
        { trigger: "div[name=product_ids] td:contains(Chair)" },
        { trigger: "button[name=action_new_quotation]", run: "click" },
        {
            content: "a quotation of the customer",
            trigger: ".o_form_view div[name=partner_id] input:value('Dupont Frères')",
        },
    ],
});

tours.add("adv_orders_glance", {
    steps: () => [
        { trigger: ".o_form_view button[name=action_open_glance]", run: "click" },
        {
            content: "the figures of the customer",
            trigger: ".o_adv_figure[data-key=orders] button:contains(4)",
            run: "click",
        },
        {
            content: "the list has as many orders",
            trigger:
                ".o_action_manager:has(.o_last_breadcrumb_item:contains('Orders in 12 months')) .o_list_view .o_data_row:nth-child(4)",
        },
        {
            content: "back to the customer",
            trigger: ".breadcrumb-item:contains('Dupont Frères'):not(:contains(' - ')) a",
            run: "click",
        },
        { trigger: ".o_adv_figure[data-key=open_orders]" },
    ],
});

tours.add("adv_orders_my_customers", {
    steps: () => [
        { trigger: ".o_data_row td:contains('Dupont Frères')" },
        {
            content: "only the own customers, also without the filter",
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains('Not mine')))" },
        { trigger: ".o_data_row td:contains('Dupont Frères')", run: "click" },
        { trigger: ".o_adv_figures .o_adv_figure[data-key=orders]" },
    ],
});

tours.add("adv_orders_status", {
    steps: () => [
        {
            content: "the status of the sales administration",
            trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=draft]",
        },
        { trigger: "button[name=action_confirm]", run: "click" },
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=confirmed]",
        },
        {
            content: "the three actions are at hand",
            trigger: "div[name=adv_actions] button[name=action_open_error_report]",
        },
    ],
});

tours.add("adv_orders_go_live", {
    steps: () => [
        {
            content: "choosing a profile says what it would do",
            trigger: "div[name=profile] label:contains('ADV team')",
            run: "click",
        },
        { trigger: "div[name=preview]:contains('Will create departments (1): ADV management')" },
        { trigger: "button[name=action_apply_profile]", run: "click" },
        { trigger: "div[name=preview]:contains('Leaves as it is: ADV management')" },
        {
            content: "each number of the data opens its list",
            trigger: "div[name=health] .o_adv_figure[data-key=no_terms] button",
            run: "click",
        },
        { trigger: ".o_list_view" },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        { trigger: "button[name=action_switch_enforce]", run: "click" },
        {
            content: "it says what happens",
            trigger: ".modal:contains('will stop a confirmation') .btn-primary",
            run: "click",
        },
        { content: "live", trigger: "body:not(:has(.modal)) .ribbon:contains(Live)" },
        { trigger: "button[name=action_undo]", run: "click" },
        { trigger: ".modal:contains('before the last switch') .btn-primary", run: "click" },
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.ribbon:contains(Live):visible))",
        },
        { trigger: "button[name=action_switch_warn]" },
    ],
});
