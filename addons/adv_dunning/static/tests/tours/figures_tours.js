import { registry } from "@web/core/registry";

const menu = (parent, entry) => [
    { trigger: `.o_main_navbar button:contains("${parent}")`, run: "click" },
    { trigger: `.dropdown-item:contains("${entry}")`, run: "click" },
];

// The manager looks at what will come in, what is owed by age, what reminders bring, what is doubtful.
registry.category("web_tour.tours").add("adv_dunning_figures", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        ...menu("Figures", "Cash Forecast"),
        { trigger: ".o_graph_renderer canvas" },
        { trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: '.o_data_row:contains("Alpha"):contains("300.00")' },
        ...menu("Figures", "Aged Balance"),
        { trigger: '.modal button[name="action_show"]', run: "click" },
        { trigger: '.o_pivot td:contains("300.00")' },
        { trigger: '.o_pivot th:contains("1 to 30 days")' },
        ...menu("Figures", "What Reminders Bring"),
        { trigger: ".o_pivot_view, .o_view_nocontent" },
        { trigger: '.o_breadcrumb:contains("What Reminders Bring")' },
        ...menu("Figures", "Bad Debts"),
        {
            trigger: '.o_group_header:contains("Old"), .o_group_header:contains("Doubtful")',
            run: "click",
        },
        { trigger: '.o_data_row:contains("Beta")' },
    ],
});

// The manager bills a late charge: a draft invoice, for an accountant to post.
registry.category("web_tour.tours").add("adv_dunning_bill", {
    steps: () => [
        { trigger: '.o_group_header:contains("Alpha")', run: "click" },
        { trigger: '.o_data_row:contains("Fixed") .o_list_record_selector input', run: "click" },
        { trigger: 'button[name="action_bill"]', run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: '.o_form_view .o_statusbar_status .o_arrow_button_current:contains("Draft")' },
        { trigger: '.o_field_widget[name="invoice_line_ids"]:contains("Fixed compensation")' },
    ],
});

// The manager writes an old item off.
registry.category("web_tour.tours").add("adv_dunning_write_off", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        ...menu("Follow-up", "Write Off"),
        { trigger: '.modal .o_field_widget[name="item_ids"] .o_data_row:contains("Beta")' },
        { trigger: '.modal button[name="action_write_off"]', run: "click" },
        { trigger: '.modal:contains("Post an entry") .modal-footer .btn-primary', run: "click" },
        { trigger: '.o_form_view .o_statusbar_status .o_arrow_button_current:contains("Posted")' },
    ],
});
