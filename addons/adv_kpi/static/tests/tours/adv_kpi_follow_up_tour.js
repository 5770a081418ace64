import { registry } from "@web/core/registry";

/** Opens a list of the menu of figures. */
function openList(menu) {
    return [
        { trigger: "button[data-menu-xmlid='adv_kpi.menu_figures']", run: "click" },
        { trigger: `a[data-menu-xmlid='adv_kpi.${menu}']`, run: "click" },
    ];
}

/** What follows from figures: the report by e-mail, the alert of a missed target, the months closed. */
registry.category("web_tour.tours").add("adv_kpi_follow_up", {
    steps: () => [
        { content: "Nobody gets a report yet", trigger: ".o_view_nocontent_smiling_face" },
        { content: "One for the director", trigger: ".o_list_button_add", run: "click" },
        {
            content: "How it is called",
            trigger: ".o_selected_row .o_field_widget[name=name] input",
            run: "edit Figures of the month",
        },
        {
            content: "Who reads it",
            trigger: ".o_selected_row .o_field_widget[name=user_ids] input",
            run: "edit Figure reader",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Figure reader)",
            run: "click",
        },
        { content: "Save", trigger: ".o_list_button_save", run: "click" },
        {
            content: "Send it now",
            trigger: ".o_data_row:contains(Figures of the month) button[name=action_send]",
            run: "click",
        },
        { content: "To all its readers", trigger: ".modal .btn-primary", run: "click" },
        {
            content: "It says when it was sent",
            trigger: ".o_data_row:contains(Figures of the month) td[name=last_sent]:not(:empty)",
        },
        ...openList("menu_alert"),
        {
            content: "A figure is outside of its band",
            trigger: ".o_data_row:contains(Order intake):contains(Outside) td[name=kpi_id]",
            run: "click",
        },
        {
            content: "Somebody has to look at it",
            trigger: ".o-mail-Activity:contains(Order intake)",
        },
        ...openList("menu_snapshot"),
        { content: "The month closed", trigger: ".o_group_header", run: "click" },
        {
            content: "As it was then",
            trigger: ".o_data_row:contains(Order intake)",
        },
    ],
});
