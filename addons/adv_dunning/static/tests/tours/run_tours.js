import { registry } from "@web/core/registry";

const day = (name) => `.o_selected_row .o_field_widget[name="${name}"]`;

// The collector pauses the reminders of the whole company, and reads why.
registry.category("web_tour.tours").add("adv_dunning_pause", {
    steps: () => [
        { trigger: '.o_nocontent_help:contains("No pause now or later")' },
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: '.o_selected_row .o_field_widget[name="name"] input',
            run: "edit Closed in August",
        },
        { trigger: `${day("date_to")} input, ${day("date_to")} button`, run: "click" },
        { trigger: `${day("date_to")} input`, run: "edit 12/31/2099" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: '.o_data_row:contains("Closed in August"):not(.o_selected_row)' },
    ],
});

// The customer replied by telephone: the collector notes it, answers, and says so.
registry.category("web_tour.tours").add("adv_dunning_reply", {
    steps: () => [
        { trigger: '.o_searchview_facet:contains("To do") .o_facet_remove', run: "click" },
        { trigger: ".o_group_header:first", run: "click" },
        { trigger: '.o_data_row:contains("Alpha") .o_data_cell:first', run: "click" },
        { trigger: 'button[name="action_reply"]', run: "click" },
        { trigger: '.alert:contains("reminders wait until you have answered")' },
        { trigger: 'button[name="action_answered"]', run: "click" },
        { trigger: 'button[name="action_reply"]' },
    ],
});

// The manager looks at what a policy waits for, and at the text of a level.
registry.category("web_tour.tours").add("adv_dunning_policy_waits", {
    steps: () => [
        { trigger: '.o_data_row:contains("Test policy") .o_data_cell:first', run: "click" },
        { trigger: '.nav-link[name="waits"]', run: "click" },
        { trigger: '.o_field_widget[name="freshness"]' },
        { trigger: '.o_field_widget[name="answer_days"] input', run: "edit 7" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: '.nav-link[name="levels"]', run: "click" },
        { trigger: 'button[name="action_preview_text"]:first', run: "click" },
        { trigger: ".modal .o_form_view" },
    ],
});
