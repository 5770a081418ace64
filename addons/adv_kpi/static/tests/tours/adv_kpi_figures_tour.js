import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("adv_kpi_figures", {
    steps: () => [
        {
            content: "The figures by category",
            trigger: ".o_group_header:contains(Productivity)",
            run: "click",
        },
        {
            content: "Order lines come to the first page",
            trigger: ".o_data_row:contains(Order lines) [name=first_page] input",
            run: "click",
        },
        {
            content: "They are there",
            trigger: ".o_data_row:contains(Order lines) [name=first_page] input:checked",
        },
        {
            content: "What are they?",
            trigger: ".o_data_row:contains(Order lines) td[name=name]",
            run: "click",
        },
        {
            content: "The definition is written here",
            trigger: ".o_field_widget[name=explanation] textarea",
        },
        {
            content: "Their targets",
            trigger: ".o_notebook a[name=targets]",
            run: "click",
        },
        {
            content: "One more",
            trigger: ".o_field_widget[name=target_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "So many a month",
            trigger: ".o_field_widget[name=target_ids] .o_field_widget[name=value] input",
            run: "edit 250",
        },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_saved" },
    ],
});

registry.category("web_tour.tours").add("adv_kpi_targets", {
    steps: () => [
        { content: "Nothing is set yet", trigger: ".o_view_nocontent_smiling_face" },
        { content: "A target", trigger: ".o_list_button_add", run: "click" },
        {
            content: "For which figure",
            trigger: ".o_selected_row .o_field_widget[name=kpi_id] input",
            run: "edit On time",
        },
        { content: "Choose", trigger: ".ui-menu-item a:contains(On time)", run: "click" },
        {
            content: "How much",
            trigger: ".o_selected_row .o_field_widget[name=value] input",
            run: "edit 95.5",
        },
        { content: "Save", trigger: ".o_list_button_save", run: "click" },
        {
            content: "Saved, with the figure's unit",
            trigger: ".o_data_row:contains(95.50):contains(Percent):not(.o_selected_row)",
        },
    ],
});

registry.category("web_tour.tours").add("adv_kpi_receivables", {
    steps: () => [
        {
            content: "What customers owe, and what is behind it",
            trigger: "[data-code=receivable_balance] button.o_adv_kpi_value:contains(700)",
            run: "click",
        },
        {
            content: "The invoice of 1,000 and the 300 paid on it",
            trigger:
                ".o_list_view:has(.o_data_row:contains('1,000.00')):has(.o_data_row:contains('-300.00'))",
        },
        { content: "Their sum is the figure", trigger: ".o_list_footer:contains('700.00')" },
        {
            content: "The same by customer",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        { content: "Acme owes it", trigger: ".o_pivot:contains(Acme):contains('700.00')" },
        { content: "Back to the entries", trigger: ".o_switch_view.o_list", run: "click" },
        {
            content: "Which document is it?",
            trigger: ".o_data_row:contains('1,000.00') td[name=partner_id]",
            run: "click",
        },
        {
            content: "The invoice",
            trigger: ".o_form_view [name=invoice_line_ids]",
        },
    ],
});
