import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const choose = (product) => ({
    content: `choose the line of ${product}`,
    trigger: `.o_data_row:contains('${product}') .o_list_record_selector input`,
    run: "click",
});

tours.add("adv_promises_late", {
    steps: () => [
        { content: "the late line says why", trigger: ".o_data_row td:contains('CONTAINER-12')" },
        { trigger: ".o_data_row td[name=adv_lateness]:contains('Late')" },
        choose("Sofa"),
        { trigger: "button[name=action_open_promise_change]", run: "click" },
        { trigger: ".modal div[name=method] label:contains('The date we expect')", run: "click" },
        { trigger: ".modal div[name=origin] label:contains('A supplier is late')", run: "click" },
        { trigger: ".modal div[name=reason] input", run: "edit The container is late" },
        { trigger: ".modal div[name=line_ids] .o_data_row td:contains('Sofa')" },
        { trigger: ".modal button[name=action_change]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_list_view" },
        { trigger: "button.o_switch_view.o_kanban", run: "click" },
        { trigger: ".o_kanban_record:contains('CONTAINER-12')" },
    ],
});

tours.add("adv_promises_backorders", {
    steps: () => [
        {
            content: "grouped by product",
            trigger: ".o_group_header:contains('Sofa')",
            run: "click",
        },
        {
            content: "the first order lacks two",
            trigger: ".o_data_row td[name=adv_short_qty]:contains('2.00')",
        },
        {
            trigger:
                ".o_data_row:has(td[name=adv_short_qty]:contains('2.00')) .o_list_record_selector input",
            run: "click",
        },
        { trigger: "button[name=action_open_allocation]", run: "click" },
        {
            content: "by promised date: the first gets the four",
            trigger:
                ".modal div[name=line_ids] .o_data_row:first-child td[name=quantity]:contains('4.00')",
        },
        { trigger: ".modal button[name=action_allocate]", run: "click" },
        { content: "the list is back", trigger: "body:not(:has(.modal)) .o_list_view" },
    ],
});

tours.add("adv_promises_split", {
    steps: () => [
        { trigger: ".o_group_header:contains('Sofa')", run: "click" },
        {
            trigger:
                ".o_data_row:has(td[name=adv_short_qty]:contains('2.00')) .o_list_record_selector input",
            run: "click",
        },
        { trigger: "button[name=action_backorder_split]", run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_list_view .o_group_header:contains('(1)')" },
    ],
});

tours.add("adv_promises_shortages", {
    steps: () => [
        { trigger: ".o_data_row td:contains('Sofa')" },
        choose("Sofa"),
        { trigger: "button[name=action_tell_buyers]", run: "click" },
        { trigger: ".o_notification:contains('1 shortages told')" },
        { trigger: ".o_data_row button[name=action_open_lines]", run: "click" },
        { trigger: ".o_last_breadcrumb_item:contains('Backorders')" },
        { trigger: ".o_data_row td:contains('Sofa')" },
    ],
});

tours.add("adv_promises_messages", {
    steps: () => [
        { content: "why it was not sent", trigger: ".o_data_row td:contains('no e-mail address')" },
        { trigger: ".o_data_row .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_retry]", run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: ".o_data_row td[name=state]:contains('To send')" },
        { trigger: ".o_data_row td[name=kind]", run: "click" },
        { trigger: ".o_form_view button[name=action_not_wanted]", run: "click" },
        { trigger: ".o_form_view .o_statusbar_status:contains('Not wanted')" },
    ],
});

tours.add("adv_promises_calendar", {
    steps: () => [
        { trigger: ".o_calendar_view .fc-event", run: "click" },
        { trigger: ".o_cw_popover:contains('Sofa')" },
        { trigger: "button.o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row td:contains('Sofa')" },
    ],
});

tours.add("adv_promises_changes", {
    steps: () => [
        {
            content: "nobody said who wanted it",
            trigger: ".o_data_row td[name=origin]:contains('Not said')",
        },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_qualify_customer]", run: "click" },
        { trigger: ".o_nocontent_help:contains('has its reason')" },
    ],
});
