import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("adv_quality_return", {
    steps: () => [
        { trigger: ".o_form_statusbar button:contains(Return)", run: "click" },
        {
            content: "how many come back",
            trigger: ".modal div[name=product_return_moves] td[name=quantity]",
            run: "click",
        },
        { trigger: ".modal div[name=product_return_moves] td[name=quantity] input", run: "edit 2" },
        {
            content: "the reason is asked",
            trigger: ".modal div[name=adv_return_reason_id].o_required_modifier input",
            run: "edit Damaged",
        },
        { trigger: ".ui-autocomplete a:contains('Damaged or defective')", run: "click" },
        { trigger: ".modal button[name=action_create_returns]", run: "click" },
        { content: "the return is made", trigger: "body:not(:has(.modal)) .o_form_view" },
    ],
});

tours.add("adv_quality_returns_to_qualify", {
    steps: () => [
        { content: "two returns wait", trigger: ".o_data_row:nth-child(2)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        {
            content: "say why for both at once",
            trigger: ".o_data_row:first-child td[name=adv_return_reason_id]",
            run: "click",
        },
        { trigger: ".o_data_row td[name=adv_return_reason_id] input", run: "edit Came too" },
        { trigger: ".ui-autocomplete a:contains('Came too late')", run: "click" },
        { trigger: ".modal button:contains('Update')", run: "click" },
        {
            content: "the second has its reason too",
            trigger:
                ".o_data_row:nth-child(2) td[name=adv_return_reason_id]:contains('Came too late')",
        },
    ],
});

tours.add("adv_quality_qualify_wish", {
    steps: () => [
        { trigger: ".o_data_row td:contains(Quantity)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_qualify_customer]", run: "click" },
        { trigger: ".o_nocontent_help:contains('Every change is qualified')" },
    ],
});

tours.add("adv_quality_pareto", {
    steps: () => [
        { content: "bars and their share", trigger: ".o_graph_view canvas" },
        { trigger: "button.o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot_view th:contains(Escaped)" },
        { trigger: "button.o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row td:contains('Typed 10 for 1')", run: "click" },
        { trigger: ".o_form_view button[name=action_open_adjust]", run: "click" },
        { trigger: ".modal div[name=minutes] input", run: "edit 45" },
        {
            trigger: ".modal div[name=corrective_action] input",
            run: "edit The price list was cleaned",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "what was done is on the error",
            trigger:
                ".o_form_view div[name=corrective_action]:contains('The price list was cleaned')",
        },
    ],
});
