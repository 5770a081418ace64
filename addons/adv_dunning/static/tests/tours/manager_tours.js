import { registry } from "@web/core/registry";

const menu = (parent, entry) => [
    { trigger: `.o_main_navbar button:contains("${parent}")`, run: "click" },
    { trigger: `.dropdown-item:contains("${entry}")`, run: "click" },
];
const confirmed = [
    { trigger: ".modal .modal-footer .btn-primary", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

// The manager holds a customer back and frees it, looks it up, and releases what waits after seeing how much.
registry.category("web_tour.tours").add("adv_dunning_manager_work", {
    steps: () => [
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot table th" },
        { trigger: ".o_switch_view.o_activity", run: "click" },
        { trigger: ".o_activity_view" },
        { trigger: ".o_switch_view.o_kanban", run: "click" },
        { trigger: '.o_kanban_record:contains("Alpha"):contains("300.00")', run: "click" },
        { trigger: 'button[name="action_put_on_hold"]', run: "click" },
        ...confirmed,
        { trigger: '.ribbon:contains("On hold")' },
        { trigger: 'button[name="action_release_hold"]', run: "click" },
        ...confirmed,
        { trigger: 'button[name="action_put_on_hold"]' },
        { trigger: 'button[name="action_open_partner"]', run: "click" },
        { trigger: '.nav-link[name="sales_purchases"]', run: "click" },
        { trigger: 'label:contains("No Reminders")' },
        ...menu("Reminders", "Preview"),
        { trigger: '.modal .o_adv_preview_outcomes:contains("Waiting for release")' },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...menu("Reminders", "Notices"),
        { trigger: '.o_group_header:contains("One")', run: "click" },
        { trigger: '.o_data_row:contains("Alpha") .o_list_record_selector input', run: "click" },
        { trigger: 'button[name="action_open_release"]', run: "click" },
        { trigger: '.modal .o_field_widget[name="summary"]:contains("1 notice to Alpha, ")' },
        { trigger: '.modal button[name="action_confirm"]', run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: '.o_data_row:contains("Alpha"):contains("Ready")' },
    ],
});

// The manager sets up: a local holiday, a reason, a level and its text, the settings.
registry.category("web_tour.tours").add("adv_dunning_manager_setup", {
    steps: () => [
        { trigger: '.o_data_row:contains("Test policy") .o_data_cell:first', run: "click" },
        {
            trigger: '.o_field_widget[name="level_ids"] .o_data_row:contains("One") td:first',
            run: "click",
        },
        { trigger: '.modal .o_field_widget[name="delay"] input' },
        { trigger: '.modal button[name="action_preview_text"]', run: "click" },
        { trigger: '.modal .o_field_widget[name="body"]:contains("Amount of this reminder")' },
        { trigger: '.modal:contains("Preview: One") .modal-footer .btn-primary', run: "click" },
        { trigger: '.modal:not(:contains("Preview: One")) .o_form_button_cancel', run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...menu("Configuration", "Local Holidays"),
        { trigger: '.o_nocontent_help:contains("No local day yet")' },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: '.o_selected_row .o_field_widget[name="date"] input', run: "edit 12/24/2099" },
        { trigger: '.o_selected_row .o_field_widget[name="name"] input', run: "edit Town fair" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: '.o_data_row:contains("Town fair"):not(.o_selected_row)' },
        ...menu("Configuration", "Dispute Reasons"),
        { trigger: '.o_data_row:contains("Price")' },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: '.o_selected_row .o_field_widget[name="name"] input', run: "edit Wrong site" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: '.o_data_row:contains("Wrong site"):not(.o_selected_row)' },
        ...menu("Configuration", "Settings"),
        {
            trigger:
                '.app_settings_block[data-key="adv_dunning"] [name="adv_write_off_amount"] input',
            run: "edit 7",
        },
        {
            trigger: 'button.o_form_button_save, button[name="execute"]',
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "body:not(:has(.settings))" },
    ],
});
