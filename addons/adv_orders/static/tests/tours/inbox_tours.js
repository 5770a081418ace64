import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("adv_inbox_triage", {
    steps: () => [
        { content: "what waits", trigger: ".o_data_row td:contains('Forty chairs')", run: "click" },
        {
            content: "we do not know the sender",
            trigger: "div[name=why]:contains('We do not know this sender')",
        },
        {
            content: "one click says who it is",
            trigger: "div[name=candidate_ids] button[name=action_adv_is_sender]",
            run: "click",
        },
        {
            content: "the customer is known now",
            trigger: ".o_form_view:not(:has(div[name=why])) div[name=partner_id]",
        },
        { trigger: "button[name=action_file_order]:visible", run: "click" },
        {
            content: "a quotation of the customer",
            trigger: ".o_form_view div[name=partner_id] input:value(Luc Marceau)",
        },
        { trigger: ".o_breadcrumb a:contains('Forty chairs')", run: "click" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=filed]" },
        { content: "taken back", trigger: "button[name=action_unfile]", run: "click" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=to_file]" },
    ],
});

tours.add("adv_inbox_list", {
    steps: () => [
        { trigger: ".o_data_row td:contains('Win a car')" },
        {
            trigger: ".o_data_row:has(td:contains('Win a car')) button[name=action_file_junk]",
            run: "click",
        },
        { trigger: "body:not(:has(.o_data_row td:contains('Win a car')))" },
        { trigger: ".o_data_row td:contains('Remittance')" },
        { trigger: ".o_data_row .o_list_record_selector input", run: "click" },
        {
            trigger: ".o_control_panel button[name=action_file_payment_advice]",
            run: "click",
        },
        { trigger: ".o_nocontent_help:contains('Everything is filed')" },
        { trigger: ".o_facet_remove", run: "click" },
        {
            trigger: ".o_data_row:has(td:contains('Win a car')) button[name=action_unfile]",
            run: "click",
        },
        { trigger: ".o_data_row:has(td:contains('Win a car')) .badge:contains('To file')" },
    ],
});

tours.add("adv_requests", {
    steps: () => [
        { trigger: ".o_data_row td:contains('Wrong colour')", run: "click" },
        { trigger: "button[name=action_open_error]", run: "click" },
        { trigger: ".modal div[name=type_id] input", run: "edit Product" },
        { trigger: ".ui-autocomplete a:contains(Product)", run: "click" },
        { trigger: ".modal button[name=action_record]", run: "click" },
        { trigger: ".o_form_view div[name=error_id]" },
        { trigger: "button[name=action_answered]", run: "click" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=answered]" },
        { trigger: "button[name=action_close]:visible", run: "click" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=closed]" },
        { trigger: ".breadcrumb-item a:contains(Requests), .o_back_button", run: "click" },
        { trigger: ".o_nocontent_help:contains('Nobody waits for an answer')" },
        { trigger: ".o_facet_remove", run: "click" },
        { trigger: "button.o_switch_view.o_kanban", run: "click" },
        { trigger: ".o_kanban_group:contains('Closed') .o_kanban_record:contains('Wrong colour')" },
    ],
});

tours.add("adv_find_order", {
    steps: () => [
        { trigger: ".o_adv_find_message:contains('Type an order number')" },
        { trigger: ".o_adv_find_query", run: "edit no such order" },
        { trigger: ".o_adv_find_message:contains('No order found')" },
        { trigger: ".o_adv_find_query", run: "edit FIND-ME-1" },
        { trigger: ".o_adv_find_row:contains('FIND-ME-1') .badge:contains('Confirmed')" },
        { content: "first click", trigger: ".o_adv_find_log", run: "click" },
        { content: "second click", trigger: ".modal button[name=action_answered]", run: "click" },
        { trigger: ".o_notification:contains('answer logged')" },
        { trigger: "body:not(:has(.modal)) .o_adv_find_open", run: "click" },
        { trigger: ".o_form_view button[name=action_open_adv_requests]" },
        { trigger: "button[name=action_open_request_log]", run: "click" },
        { trigger: ".modal div[name=text] textarea", run: "edit Can it come on Friday?" },
        { trigger: ".modal button[name=action_to_answer]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_notification:contains('is open')" },
    ],
});

tours.add("adv_quotes", {
    steps: () => [
        { trigger: ".o_data_row:nth-child(2)" },
        {
            trigger:
                ".o_data_row:has(.badge:contains('No answer')) button[name=action_adv_followed]",
            run: "click",
        },
        { trigger: ".o_list_view:not(:has(.o_data_row:nth-child(2)))" },
        { trigger: ".o_data_row td[name=name]", run: "click" },
        {
            content: "cancelling a quotation that was sent asks why",
            trigger: ".o_form_view button[name=action_open_lost]:visible",
            run: "click",
        },
        { trigger: ".modal div[name=reason_id] input", run: "edit Too exp" },
        { trigger: ".ui-autocomplete a:contains('Too expensive')", run: "click" },
        { trigger: ".modal div[name=note] input", run: "edit 12 % less elsewhere" },
        { trigger: ".modal button[name=action_lose]", run: "click" },
        { trigger: ".o_form_view div[name=adv_lost_reason_id]:contains('Too expensive')" },
    ],
});

tours.add("adv_quotes_lost", {
    steps: () => [
        { trigger: ".o_graph_view canvas" },
        { trigger: "button.o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row td:contains('12 % less elsewhere')" },
    ],
});

tours.add("adv_quotes_mail", {
    steps: () => [
        { trigger: ".o_data_row:nth-child(2)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button[name=action_open_quote_mail]", run: "click" },
        { trigger: ".modal div[name=preview]:contains('Dupont')" },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { trigger: ".o_nocontent_help:contains('No quotation waits')" },
    ],
});

tours.add("adv_people", {
    steps: () => [
        { trigger: ".o_data_row:nth-child(2)" },
        {
            trigger:
                ".o_data_row:has(td:contains('adv_assistant_test')) button[name=action_open_reassign]",
            run: "click",
        },
        { trigger: ".modal div[name=preview]:contains('1 orders')" },
        { trigger: ".modal button[name=action_reassign]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_list_view" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_people']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_reassignment']", run: "click" },
        { trigger: ".o_data_row:first-child td:contains('1 orders')" },
        { trigger: ".o_data_row:first-child button[name=action_undo]", run: "click" },
        { trigger: ".modal .btn-primary", run: "click" },
        { trigger: ".o_data_row .badge:contains('Given back')" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_people']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_portfolio']", run: "click" },
        {
            trigger: ".o_data_row:has(td:contains('Lonely')) .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_control_panel button[name=action_open_adv_reassign]", run: "click" },
        { trigger: ".modal div[name=preview]:contains('1 customers')" },
        { trigger: ".modal button[name=action_reassign]", run: "click" },
        { trigger: "body:not(:has(.modal)):not(:has(.o_data_row td:contains('Lonely')))" },
    ],
});

tours.add("adv_mailboxes", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "div[name=name] input", run: "edit Customer service" },
        { trigger: "div[name=alias_name] input", run: "edit service" },
        { trigger: "div[name=target] label:contains('Requests')", run: "click" },
        { trigger: "button.o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_config']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_lost_reason']", run: "click" },
        { trigger: ".o_data_row td:contains('Too expensive')" },
    ],
});

tours.add("adv_portal_ask", {
    steps: () => [
        { trigger: "div[name=adv_ask] a", run: "click", expectUnloadPage: true },
        { trigger: "form[name=adv_request] select[name=kind]", run: "select change" },
        { trigger: "form[name=adv_request] input[name=subject]", run: "edit Two more chairs" },
        { trigger: "form[name=adv_request] textarea", run: "edit Please add two chairs." },
        { trigger: "button[name=adv_send]", run: "click", expectUnloadPage: true },
        { trigger: "div[name=adv_request] h3:contains('Two more chairs')" },
        { trigger: "div[name=adv_answer_by]:contains('We answer by')" },
        { trigger: "a[href='/my/requests']", run: "click", expectUnloadPage: true },
        {
            trigger:
                "tr[name=adv_request]:contains('Two more chairs') .badge:contains('We are on it')",
        },
        { trigger: "a[name=adv_new_request]", run: "click", expectUnloadPage: true },
        { trigger: "form[name=adv_request] textarea" },
    ],
});
