import { registry } from "@web/core/registry";

const row = (text) => `.o_data_row:contains("${text}") .o_data_cell:first`;
const desk = (name) => `.o_adv_call_desk button[name="${name}"]`;
const saved = [
    { trigger: ".modal .o_form_button_save", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

// The collector calls a customer: ticks what it is about, records a promise, opens a dispute, notes the call.
registry.category("web_tour.tours").add("adv_dunning_customer", {
    steps: () => [
        { trigger: row("Alpha"), run: "click" },
        { trigger: '.o_form_view .o_field_widget[name="amount_overdue"]:contains("500")' },
        { trigger: '.o_adv_call_desk [name="items"] tr:contains("300.00"):contains("Reminded")' },
        { trigger: '.o_adv_call_desk tr:contains("300.00") input[type="checkbox"]', run: "check" },
        { trigger: desk("promise"), run: "click" },
        { trigger: '.modal .o_field_widget[name="amount"] input:value("300.00")' },
        {
            trigger: '.modal .o_field_widget[name="date"] input, .modal [name="date"] button',
            run: "click",
        },
        { trigger: '.modal .o_field_widget[name="date"] input', run: "edit 12/31/2099" },
        ...saved,
        { trigger: '.o_adv_call_desk [name="items"] tr:contains("300.00"):contains("Promised")' },
        { trigger: '.o_adv_timeline li[data-kind="promise"]:contains("300.00")' },
        { trigger: '.o_adv_call_desk tr:contains("200.00") input[type="checkbox"]', run: "check" },
        { trigger: desk("dispute"), run: "click" },
        { trigger: '.modal .o_field_widget[name="amount"] input:value("200.00")' },
        { trigger: '.modal .o_field_widget[name="reason_id"] input', run: "edit Price" },
        { trigger: '.ui-autocomplete .dropdown-item:contains("Price")', run: "click" },
        ...saved,
        { trigger: '.o_adv_call_desk [name="items"] tr:contains("200.00"):contains("Disputed")' },
        { trigger: desk("call"), run: "click" },
        { trigger: '.modal .o_field_widget[name="contact"] input', run: "edit Mrs Martin" },
        {
            trigger: '.modal .o_field_widget[name="note"] textarea',
            run: "edit Pays at the end of the year.",
        },
        { trigger: '.modal button[name="action_save"]', run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: '.o_adv_timeline li[data-kind="message"]:contains("end of the year")' },
        { trigger: '.o_adv_timeline li[data-kind="notice"]:contains("One")' },
    ],
});

const focused = (name, tag = "input") => `.modal .o_field_widget[name="${name}"] ${tag}:focus`;
const closed = { trigger: "body:not(:has(.modal)) .o_adv_call_desk" };
const keys = (combination) => ({ trigger: ".o_adv_call_desk", run: `press ${combination}` });

// Without a mouse: from the list to the customer, each action, and on to the next customer.
registry.category("web_tour.tours").add("adv_dunning_customer_keyboard", {
    steps: () => [
        { trigger: row("Alpha") },
        { trigger: ".o_searchview_input:focus", run: "press ArrowDown" },
        { trigger: ".o_list_renderer thead :focus", run: "press ArrowDown" },
        { trigger: '.o_data_row:contains("Alpha") :focus', run: "press Enter" },
        keys("alt+t"),
        { trigger: ".o_adv_call_desk tbody input:checked" },
        keys("alt+m"),
        { trigger: '.modal .o_field_widget[name="amount"] input:value("500.00")' },
        { trigger: focused("date"), run: "edit 12/31/2099" },
        { trigger: focused("date"), run: "press Enter" },
        { trigger: ".modal .o_form_button_save", run: "press alt+s" },
        closed,
        { trigger: '.o_adv_timeline li[data-kind="promise"]:contains("500.00")' },
        { trigger: `${desk("promise")}:focus` },
        keys("alt+o"),
        { trigger: '.o_adv_call_desk input[name="note"]:focus', run: "edit They asked for a copy" },
        { trigger: '.o_adv_call_desk input[name="note"]:focus', run: "press Enter" },
        { trigger: '.o_adv_timeline li[data-kind="message"]:contains("asked for a copy")' },
        keys("alt+l"),
        { trigger: focused("note", "textarea"), run: "edit Back on Monday" },
        { trigger: focused("note", "textarea"), run: "press alt+q" },
        closed,
        { trigger: '.o_adv_timeline li[data-kind="message"]:contains("Back on Monday")' },
        keys("alt+n"),
        { trigger: '.o_form_view h1:contains("Beta")' },
        { trigger: '.o_adv_call_desk [name="items"] tr:contains("70.00")' },
        keys("alt+w"),
        { trigger: focused("name"), run: "edit Moving house" },
        { trigger: focused("name"), run: "press Tab" },
        { trigger: focused("date_to"), run: "edit 12/31/2099" },
        { trigger: focused("date_to"), run: "press Enter" },
        { trigger: ".modal .o_form_button_save", run: "press alt+s" },
        closed,
        { trigger: `${desk("pause")}:focus` },
        keys("alt+y"),
        { trigger: '.modal .o_field_widget[name="amount"] input:value("70.00")' },
        { trigger: focused("paid_on"), run: "edit 01/05/2026" },
        { trigger: focused("paid_on"), run: "press Enter" },
        { trigger: ".modal .o_form_button_save", run: "press alt+s" },
        closed,
        {
            trigger:
                '.o_adv_timeline li[data-kind="promise"]:contains("Says paid"):contains("70.00")',
        },
    ],
});

// Three parts instead of one.
registry.category("web_tour.tours").add("adv_dunning_plan", {
    steps: () => [
        { trigger: row("Alpha"), run: "click" },
        { trigger: desk("plan"), run: "click" },
        { trigger: '.modal .o_field_widget[name="line_ids"] .o_data_row:contains("166.67")' },
        { trigger: '.modal button[name="action_confirm"]', run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: '.o_adv_timeline li[data-kind="promise"]:contains("166.66")' },
        { trigger: '.o_field_widget[name="promise_ids"] .o_data_row:contains("Plan of 3")' },
    ],
});
