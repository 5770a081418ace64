import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const section = (name) => `.o_menu_sections button[data-menu-xmlid='${name}']`;

/**
 * Open a menu; what is said at its parent is about the page that is left.
 * On a narrow screen the parent stands behind the button with the plus. Who has not that menu goes past it.
 */
const goTo = (parent, leaf, before, after) => [
    {
        isActive: [section(parent)],
        trigger: `${section(parent)}, .o_menu_sections_more button`,
        content: before,
        tooltipPosition: "bottom",
        run: "click",
    },
    {
        isActive: [section(parent)],
        trigger: `a[data-menu-xmlid='${leaf}']`,
        content: after,
        tooltipPosition: "right",
        run: "click",
    },
];

// A manager's day: the figures, what is behind them, decisions, errors, promises, targets.
registry.category("web_tour.tours").add("adv_kpi_manager_day", {
    url: "/odoo",
    steps: () => [
        {
            isActive: ["community"], // Odoo's own step for it is not shown to people
            trigger: ".o_navbar_apps_menu button:enabled",
            content: _t("The apps are behind this button."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_app[data-menu-xmlid='adv_orders.menu_root']",
            content: _t("Let us walk through the day of a sales administration manager."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_menu_sections a[data-menu-xmlid='adv_kpi.menu_dashboard']",
            content: _t("The dashboard comes first."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_adv_kpi_card[data-code=order_count] button.o_adv_kpi_value",
            content: _t("Every number opens the records that it counts. Open the orders."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_back_button a, .breadcrumb-item a",
            content: _t("As many rows as the number says. Go back to the figures."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_adv_kpi_card[data-code=order_count] .o_adv_kpi_label",
            content: _t(
                "A click on its name tells how the figure is made, and sets a target. Look, and close the window."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        // people close it by themselves: Odoo hides its pointer in dialogs
        { isActive: ["auto"], trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_adv_kpi_card" },
        {
            trigger: ".o_adv_previous",
            content: _t("Another month: one click back."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_adv_kpi_card[data-code=order_count]" },
        ...goTo(
            "adv_orders.menu_orders",
            "adv_orders.menu_to_approve",
            _t("Then what waits for you."),
            _t("Orders and quotations that need your approval, the most urgent first.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "adv_orders.menu_quality",
            "adv_orders.menu_error_pareto",
            _t("Decided. Now: what goes wrong, and where?"),
            _t("The few kinds of error that make most of the trouble. Begin with the first bar.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "adv_orders.menu_quality",
            "adv_kpi.menu_satisfaction",
            _t("And what do the customers say?"),
            _t("Their answers and comments; give each comment an owner and an answer.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "adv_orders.menu_promises",
            "adv_orders.menu_late",
            _t("Which promises are in danger?"),
            _t("Late or at risk, with the product and the supplier that cause it.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "adv_orders.menu_people",
            "adv_orders.menu_assistant",
            _t("Is the work well shared?"),
            _t("Hours of open work for each assistant, absences included.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "adv_kpi.menu_figures",
            "adv_kpi.menu_target",
            _t("Last: where do you want to be?"),
            _t("A target for a figure; when it is missed, one person is told, once.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
    ],
});
