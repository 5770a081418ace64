import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const openOrder = (reference) => [
    { content: "the desk lists what is to do", trigger: ".o_list_view .o_data_row" },
    { content: `open ${reference}`, trigger: ".o_data_row td[name=partner_id]", run: "click" },
    { content: "the order is open", trigger: ".o_form_view .o_adv_order_timeline" },
];

tours.add("adv_orders_desk", {
    steps: () => [
        ...openOrder("the order"),
        { trigger: "button[name=action_confirm]", run: "click" },
        {
            content: "the banner says what is missing",
            trigger: "div[name=adv_banner]:contains('has no price')",
        },
        { trigger: "div[name=order_line] td[name=price_unit]", run: "click" },
        { trigger: "div[name=order_line] td[name=price_unit] input", run: "edit 100" },
        { trigger: "button.o_form_button_save", run: "click" },
        { content: "nothing to settle", trigger: ".o_form_view:not(:has(div[name=adv_banner]))" },
        { trigger: "button[name=action_confirm]", run: "click" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=confirmed]" },
    ],
});

tours.add("adv_orders_desk_kanban", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        { trigger: "button.o_switch_view.o_kanban", run: "click" },
        {
            content: "one column a state, what is to settle on the card",
            trigger: ".o_kanban_group:contains('To correct') .o_kanban_record:contains('no price')",
        },
    ],
});

tours.add("adv_orders_override", {
    steps: () => [
        ...openOrder("the order"),
        { trigger: "div[name=adv_banner] button.o_adv_override", run: "click" },
        { trigger: ".modal div[name=reason] input", run: "edit A gift to the customer" },
        { trigger: ".modal button[name=action_apply]:visible", run: "click" },
        { trigger: "div[name=adv_ready_banner]" },
        { trigger: "a[name=adv]", run: "click" },
        { trigger: "div[name=adv_check_result_ids] td:contains('A gift to the customer')" },
    ],
});

tours.add("adv_orders_approve", {
    steps: () => [
        { trigger: ".o_data_row:nth-child(2)" },
        { trigger: ".o_data_row:first-child button[name=action_approve]", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:nth-child(2)))" },
        { trigger: ".o_data_row button[name=action_open_refuse]", run: "click" },
        { trigger: ".modal div[name=reason] input", run: "edit Too long unpaid" },
        { trigger: ".modal button[name=action_apply]:visible", run: "click" },
        { trigger: ".o_nocontent_help:contains('Nothing waits for you')" },
    ],
});

tours.add("adv_orders_confirmed", {
    steps: () => [
        { trigger: ".o_form_view .o_adv_order_timeline li[data-step=promised]" },
        { trigger: "button[name=action_open_error_report]", run: "click" },
        { trigger: ".modal div[name=type_id] input", run: "edit Address" },
        { trigger: ".ui-autocomplete a:contains(Address)", run: "click" },
        { trigger: ".modal button[name=action_report]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "button[name=action_open_promise_change]", run: "click" },
        {
            trigger: ".modal div[name=new_date] input, .modal div[name=new_date] button",
            run: "click",
        },
        { trigger: ".modal div[name=new_date] input", run: "edit 02/01/2100 10:00:00" },
        { trigger: ".modal div[name=origin] label:contains('We could not keep it')", run: "click" },
        { trigger: ".modal div[name=reason] input", run: "edit The machine broke" },
        { trigger: ".modal button[name=action_change]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "a[name=adv]", run: "click" },
        { trigger: "div[name=adv_promise_change_ids] td:contains('The machine broke')" },
        { trigger: "div[name=adv_error_ids] td:contains(Address)" },
    ],
});

tours.add("adv_orders_qualify", {
    steps: () => [
        { trigger: ".o_data_row td:contains(Quantity)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_open_qualify_error]", run: "click" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_list_view" },
        { trigger: "body:not(:has(.o_data_row td:contains(Quantity)))" },
    ],
});

tours.add("adv_orders_errors", {
    steps: () => [
        { trigger: ".o_data_row td:contains('Typed 10 for 1')" },
        { trigger: "button.o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot_view th:contains(Price)" },
        { trigger: "button.o_switch_view.o_graph", run: "click" },
        { trigger: ".o_graph_view canvas" },
        { trigger: "button.o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row td:contains('Typed 10 for 1')", run: "click" },
        { trigger: "button[name=action_open_dismiss]", run: "click" },
        { trigger: ".modal div[name=reason] input", run: "edit It was right" },
        { trigger: ".modal button[name=action_apply]:visible", run: "click" },
        { trigger: ".o_form_view div[name=dismiss_reason]:contains('It was right')" },
    ],
});

tours.add("adv_orders_config", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "div[name=name] input", run: "edit Board" },
        { trigger: "button.o_form_button_save", run: "click" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_config']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_approval_rule']", run: "click" },
        { trigger: ".o_last_breadcrumb_item:contains('Approval rules')" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "div[name=name] input", run: "edit Above one thousand" },
        { trigger: "div[name=department_id] input", run: "edit Board" },
        { trigger: ".ui-autocomplete a:contains(Board)", run: "click" },
        { trigger: "div[name=amount_min] input", run: "edit 1000" },
        { trigger: "button.o_form_button_save", run: "click" },
        {
            trigger:
                "button.o_form_button_create, .o_form_saved, .o_form_view .o_form_readonly, body",
        },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_config']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_check']", run: "click" },
        { trigger: ".o_data_row td:contains('Duplicate order')" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_config']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_error_type']", run: "click" },
        { trigger: ".o_data_row td:contains('Payment terms')" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_people']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_assistant']", run: "click" },
        { trigger: ".o_last_breadcrumb_item:contains('Assistants')" },
    ],
});

tours.add("adv_orders_portal_sign", {
    steps: () => [
        { content: "the page is alive", trigger: "body[is-ready=true]" },
        {
            content: "nothing says yet that we have the order",
            trigger: "body:not(:has(div[name=adv_held]))",
        },
        {
            content: "accept and sign",
            trigger: ".o_portal_sale_sidebar a[data-bs-target='#modalaccept']",
            run: "click",
        },
        {
            content: "the customer's name",
            trigger: ".modal .o_web_sign_name_and_signature input",
            run: "edit Anne Dupont",
        },
        {
            content: "the name is written as a signature",
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "sign",
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "we thank, and say when we answer",
            trigger:
                "div[name=adv_held]:contains('Thank you, we have your order.'):contains('We answer by')",
        },
        {
            content: "there is nothing more to sign or refuse",
            trigger:
                "body:not(:has(a[data-bs-target='#modalaccept'])):not(:has(a[data-bs-target='#modaldecline']))",
        },
        {
            content: "the signature is shown",
            trigger: "#portal_sale_content #signature:contains('Anne Dupont') img",
        },
        {
            content: "nothing of what holds the order inside our house",
            trigger:
                "body:not(:contains('Finance')):not(:contains('approv')):not(:contains('no price'))",
        },
    ],
});
