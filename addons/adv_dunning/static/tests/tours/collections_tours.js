import { registry } from "@web/core/registry";

const row = (text) => `.o_data_row:contains("${text}") .o_data_cell:first`;
const badge = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;

// The collector looks at the preview of today's run, computes it again and sends it.
registry.category("web_tour.tours").add("adv_dunning_run", {
    steps: () => [
        { trigger: row("Computed"), run: "click" },
        { trigger: badge("Computed") },
        { trigger: 'button[name="action_preview"]', run: "click" },
        { trigger: '.modal .o_adv_preview_outcomes:contains("Reminded")' },
        { trigger: '.modal .o_adv_preview_levels:contains("One")' },
        { trigger: '.modal button:contains("Close")', run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: 'button[name="action_compute"]', run: "click" },
        { trigger: 'button[name="action_send"]', run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: badge("Done") },
        { trigger: 'button[name="action_open_items"]', run: "click" },
        { trigger: '.o_list_view .o_data_row:contains("Reminded")' },
    ],
});

// The manager reads a formal notice, releases it and sends it.
registry.category("web_tour.tours").add("adv_dunning_notice", {
    steps: () => [
        { trigger: '.o_group_header:contains("Formal")', run: "click" },
        { trigger: row("Alpha"), run: "click" },
        { trigger: badge("To release") },
        { trigger: '.o_field_widget[name="body"]:contains("formal notice")' },
        { trigger: 'button[name="action_release"]', run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: badge("Ready") },
        { trigger: 'button[name="action_send"]', run: "click" },
        { trigger: badge("Sent") },
        { trigger: 'button[name="action_open_customer"]', run: "click" },
        { trigger: '.ribbon:contains("On hold"), .o_widget_web_ribbon:contains("On hold")' },
    ],
});

// Every open instalment says why it was reminded or not.
registry.category("web_tour.tours").add("adv_dunning_item", {
    steps: () => [
        { trigger: '.o_group_header:contains("Reminded")', run: "click" },
        { trigger: row("Alpha"), run: "click" },
        { trigger: '.o_field_widget[name="outcome"]:contains("Reminded")' },
        { trigger: '.o_field_widget[name="history_text"]:contains("Reminded")' },
    ],
});

// The collector closes a dispute and looks at the promises.
registry.category("web_tour.tours").add("adv_dunning_dispute", {
    steps: () => [
        { trigger: row("Price"), run: "click" },
        { trigger: 'button[name="action_reject"]', run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: badge("Rejected") },
    ],
});
registry.category("web_tour.tours").add("adv_dunning_promise", {
    steps: () => [
        { trigger: row("Alpha"), run: "click" },
        { trigger: 'button[name="action_cancel"]', run: "click" },
        { trigger: badge("Cancelled") },
    ],
});

// The manager looks at a policy, reads a level's text, and at the rates.
registry.category("web_tour.tours").add("adv_dunning_policy", {
    steps: () => [
        { trigger: row("Test policy"), run: "click" },
        { trigger: '.o_field_widget[name="level_ids"] .o_data_row:contains("Formal")' },
        { trigger: 'button[name="action_preview_text"]:first', run: "click" },
        { trigger: ".modal .o_form_view" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: '.o_main_navbar button:contains("Configuration")', run: "click" },
        { trigger: '.dropdown-item:contains("Late-Interest Rates")', run: "click" },
        { trigger: '.o_list_view .o_data_row:contains("France")' },
    ],
});

// The manager goes through the state of the data and goes live.
registry.category("web_tour.tours").add("adv_dunning_go_live", {
    steps: () => [
        { trigger: '.o_main_navbar button:contains("Configuration")', run: "click" },
        { trigger: '.dropdown-item:contains("Go Live")', run: "click" },
        { trigger: '.modal .o_adv_preview_levels:contains("One")' },
        { trigger: '.modal button[name="action_go_live"]', run: "click" },
        { trigger: '.modal:contains("from now on") .modal-footer .btn-primary', run: "click" },
        { trigger: '.o_breadcrumb:contains("Reminder Runs")' },
    ],
});

// Late charges are proposed from the invoices and waived.
registry.category("web_tour.tours").add("adv_dunning_late_charge", {
    steps: () => [
        { trigger: '.o_group_header:contains("Alpha")', run: "click" },
        {
            trigger: '.o_data_row:contains("Fixed compensation") .o_list_record_selector input',
            run: "click",
        },
        { trigger: 'button[name="action_open_waive"]', run: "click" },
        { trigger: '.modal .o_field_widget[name="reason"] input', run: "edit Goodwill" },
        { trigger: '.modal button[name="action_waive"]', run: "click" },
        { trigger: '.o_group_header:contains("(1)")' },
    ],
});

// The customer sees their account and says when they pay.
registry.category("web_tour.tours").add("adv_dunning_portal", {
    steps: () => [
        { trigger: '.o_portal_docs a[href="/my/statement"]', run: "click", expectUnloadPage: true },
        { trigger: '.o_adv_portal_statement:contains("300.00")' },
        {
            trigger: 'form[name="promise"] input[name="date"]',
            run({ anchor }) {
                anchor.value = anchor.max;
            },
        },
        {
            trigger: 'form[name="promise"] button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: '.alert-success:contains("Thank you")' },
        { trigger: '.o_adv_portal_statement:contains("You told us")' },
    ],
});
