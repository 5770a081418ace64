import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("adv_approvals_list", {
    steps: () => [
        {
            content: "what is late comes first and is red",
            trigger:
                ".o_data_row:first-child.text-danger:contains('LATE-1') td[name=amount]:contains('500')",
        },
        {
            content: "four questions wait for me",
            trigger: ".o_data_row:nth-child(4):not(:has(+ .o_data_row))",
        },
        {
            content: "what changed since the last answer",
            trigger: ".o_data_row td[name=changes]:contains('Amount')",
        },
        {
            content: "approve in the row",
            trigger: ".o_data_row:first-child button[name=action_approve]",
            run: "click",
        },
        {
            content: "it is gone",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('LATE-1')))",
        },
        {
            content: "refuse in the row",
            trigger: ".o_data_row:contains('REFUSE-1') button[name=action_open_refuse]",
            run: "click",
        },
        { trigger: ".modal div[name=reason] input", run: "edit Too much at once" },
        { trigger: ".modal button[name=action_apply]:visible", run: "click" },
        {
            trigger:
                "body:not(:has(.modal)) .o_list_view:not(:has(.o_data_row:contains('REFUSE-1')))",
        },
        { content: "the two others", trigger: "thead .o_list_record_selector input", run: "click" },
        {
            trigger: ".o_control_panel_actions button[name=action_approve]",
            run: "click",
        },
        {
            content: "each order has its result",
            trigger: ".o_notification:contains('2 approved'):contains('BULK-1: Approved')",
        },
        { trigger: ".o_nocontent_help:contains('Nothing waits for you')" },
    ],
});

tours.add("adv_approvals_activity", {
    steps: () => [
        {
            content: "the banner says who has it",
            trigger: "div[name=adv_banner]:contains('Finance has to approve')",
        },
        {
            content: "the activity asks, and is not marked as done by hand",
            trigger: ".o-mail-Activity:not(:has(.o-mail-Activity-markDone)) .o_adv_refuse",
        },
        { trigger: ".o-mail-Activity .o_adv_approve", run: "click" },
        {
            content: "the answer is in the history",
            trigger: ".o-mail-Chatter:contains('Finance approved')",
        },
        { trigger: ".o-mail-Chatter:not(:has(.o_adv_approve))" },
        { trigger: "div[name=adv_ready_banner]" },
    ],
});

tours.add("adv_approvals_sending", {
    steps: () => [
        { trigger: "button[name=action_quotation_send]:visible", run: "click" },
        {
            content: "it does not leave before it is approved",
            trigger: ".o_notification:contains('Not sent yet'):contains('Pricing has to approve')",
        },
        { trigger: "div[name=adv_banner]:contains('Pricing has to approve')" },
        { trigger: "a[name=adv]", run: "click" },
        {
            content: "the question is on the order",
            trigger: "div[name=adv_approval_ids] .o_data_row td:contains('To approve')",
        },
    ],
});

tours.add("adv_approvals_sent", {
    steps: () => [
        { content: "nothing to settle", trigger: ".o_form_view:not(:has(div[name=adv_banner]))" },
        { trigger: "button[name=action_quotation_send]:visible", run: "click" },
        {
            content: "the composer opens",
            trigger: ".modal button[name=action_send_mail]",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=quoted]" },
    ],
});

tours.add("adv_approvals_set_up", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "div[name=name] input", run: "edit Pricing committee" },
        { trigger: "div[name=deputy_id] input", run: "edit adv_assistant_test" },
        { trigger: ".ui-autocomplete a:contains(adv_assistant_test)", run: "click" },
        { content: "the dates of the absence", trigger: "div[name=deputy_from]:visible" },
        { trigger: "button.o_form_button_save", run: "click" },
        { trigger: "button[data-menu-xmlid='adv_orders.menu_config']", run: "click" },
        { trigger: "a[data-menu-xmlid='adv_orders.menu_approval_rule']", run: "click" },
        { trigger: ".o_last_breadcrumb_item:contains('Approval rules')" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "div[name=name] input", run: "edit Discounts from 15 %" },
        { trigger: "div[name=department_id] input", run: "edit Pricing" },
        { trigger: ".ui-autocomplete a:contains('Pricing committee')", run: "click" },
        { trigger: "div[name=discount_min] input", run: "edit 15" },
        { trigger: "div[name=deadline_hours] input", run: "edit 4" },
        {
            content: "a discount is proposed to be approved before sending",
            trigger: "div[name=stage] input[data-value=sending]:checked",
        },
        { trigger: "div[name=tolerance_points] input:visible", run: "edit 0.5" },
        { trigger: "button.o_form_button_save", run: "click" },
        { trigger: "button.o_form_button_save:not(:visible)" },
        { trigger: ".o_back_button a, .o_breadcrumb .o_back_button", run: "click" },
        {
            trigger:
                ".o_data_row:contains('Discounts from 15 %'):contains('Before the quotation is sent')",
        },
    ],
});

tours.add("adv_portal_timeline", {
    steps: () => [
        {
            content: "where is it",
            trigger:
                "section[name=adv_timeline] li[data-step=shipped]:contains('Partly shipped') a[name=adv_delivery_note]",
        },
        {
            content: "when does the rest come, later than promised",
            trigger:
                "section[name=adv_dates] div[name=adv_arrival]:contains('Now expected on'):contains('Delivery promised for')",
        },
        {
            content: "no word of our house",
            trigger:
                "body:not(:contains('in_delivery')):not(:contains('approv')):not(:contains('Finance'))",
        },
    ],
});
