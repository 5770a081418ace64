import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("adv_checks_own", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "div[name=name] input", run: "edit Reference to look at" },
        { trigger: "div[name=severity] label:contains(Blocking)", run: "click" },
        {
            content: "the condition is asked for, on orders",
            trigger: "div[name=domain].o_field_domain",
        },
        {
            trigger:
                "div[name=domain] a:contains('New Rule'), div[name=domain] button:contains('New Rule')",
            run: "click",
        },
        { trigger: "div[name=domain] .o_tree_editor_condition" },
        {
            trigger: "div[name=domain] .o_tree_editor_condition .o_model_field_selector",
            run: "click",
        },
        {
            trigger: ".o_model_field_selector_popover .o_model_field_selector_popover_search input",
            run: "edit Customer Reference",
        },
        {
            trigger:
                ".o_model_field_selector_popover_item[data-name=client_order_ref] .o_model_field_selector_popover_item_name",
            run: "click",
        },
        {
            trigger: "div[name=domain] .o_tree_editor_condition select",
            run: "selectByLabel contains",
        },
        {
            trigger: "div[name=domain] .o_tree_editor_condition input.o_input:last",
            run: "edit OWN-1 && press Enter",
        },
        { trigger: "button.o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_button_create:enabled" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_orders']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_desk']", run: "click" },
        { trigger: ".o_data_row td[name=partner_id]", run: "click" },
        { trigger: "button[name=action_confirm]", run: "click" },
        {
            content: "the check stops the order by its name",
            trigger: "div[name=adv_banner] li:contains('Reference to look at')",
        },
    ],
});

tours.add("adv_checks_panel", {
    steps: () => [
        { trigger: "div[name=adv_banner] .o_adv_checks_title:contains('settle')" },
        {
            content: "what stops comes first",
            trigger:
                "div[name=adv_banner] li:first-child[data-blocking='1']:contains('has no price')",
        },
        {
            trigger: "div[name=adv_banner] li:contains('has no price') .o_adv_see",
            run: "click",
        },
        {
            content: "what was compared",
            trigger: ".modal div[name=message]:contains('has no price')",
        },
        { trigger: ".modal footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: "div[name=adv_banner] li:contains('has no price') .o_adv_override",
            run: "click",
        },
        { trigger: ".modal div[name=reason] input", run: "edit A gift to the customer" },
        { trigger: ".modal button[name=action_apply]:visible", run: "click" },
        { trigger: "body:not(:has(.modal)) div[name=adv_ready_banner]" },
        {
            content: "what does not stop is still told",
            trigger: "div[name=adv_banner]:not(:contains('has no price'))",
        },
    ],
});

tours.add("adv_checks_observation", {
    steps: () => [
        {
            trigger:
                ".o_adv_check_observation tr:contains('Line without price') td[data-column=found] button:contains(1)",
        },
        { trigger: "select[name=adv_period]", run: "select 30" },
        {
            trigger:
                ".o_adv_check_observation tr:contains('Line without price') td[data-column=found] button",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row td[name=message]:contains('has no price')" },
        { trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item a", run: "click" },
        {
            trigger: ".o_adv_check_observation tr:contains('Line without price') td select",
            run: "select enforce",
        },
        {
            trigger:
                ".o_adv_check_observation tr:contains('Line without price') select:has(option[value=enforce][selected]), .o_adv_check_observation tr:contains('Line without price')",
        },
    ],
});

tours.add("adv_agreements", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "div[name=name] input", run: "edit Frame agreement" },
        { trigger: "div[name=partner_id] input", run: "edit Dupont" },
        { trigger: ".ui-autocomplete a:contains(Dupont)", run: "click" },
        { trigger: "div[name=date_from] input, div[name=date_from] button", run: "click" },
        { trigger: "div[name=date_from] input:first", run: "edit 01/01/2026" },
        { trigger: "div[name=line_ids] a:contains('Add a line')", run: "click" },
        { trigger: "div[name=line_ids] div[name=product_id] input", run: "edit Chair" },
        { trigger: ".ui-autocomplete a:contains(Chair)", run: "click" },
        { trigger: "div[name=line_ids] div[name=fixed_price] input", run: "edit 88" },
        { trigger: "button.o_form_button_save", run: "click" },
        { trigger: "button[name=action_activate]", run: "click" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=active]" },
    ],
});
