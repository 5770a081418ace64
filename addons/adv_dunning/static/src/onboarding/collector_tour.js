import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// the call is left out where there is nobody to call: no step waits for nothing
const HAS_RECORDS = "body:not(:has(.o_list_view .o_nocontent_help))";

const menu = (name) => `[data-menu-xmlid='adv_dunning.${name}']`;

/**
 * Open a menu; what is said at its parent is about the page that is left.
 * On a narrow screen the parent stands behind the button with the plus.
 */
const goTo = (parent, leaf, before, after) => [
    {
        trigger: `.o_menu_sections button${menu(parent)}, .o_menu_sections_more button`,
        content: before,
        tooltipPosition: "bottom",
        run: "click",
    },
    { trigger: `a${menu(leaf)}`, content: after, tooltipPosition: "right", run: "click" },
];

// A collector's day (people close dialogs by themselves: Odoo hides its pointer in them): who to call first, the call, promises, disputes, reminders, money to come.
registry.category("web_tour.tours").add("adv_dunning_collector_day", {
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
            trigger: ".o_app[data-menu-xmlid='adv_dunning.menu_root']",
            content: _t("Let us walk through the day of a collector."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            // of this list: the page that is left may have customers as well, and a pointer to it goes back
            trigger:
                ".o_adv_collections_list .o_data_row td[name=partner_id], .o_adv_collections_list .o_nocontent_help",
            content: _t(
                "The customers to call, the most urgent first. Open the first one; if nobody is late today, click on the text and go on."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [HAS_RECORDS],
            trigger: ".o_adv_call_desk .o_adv_tick_all",
            content: _t(
                "Left: what is open. Right: what was written and promised. Tick what the call is about."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [HAS_RECORDS],
            trigger: ".o_adv_call_desk button[name=promise]",
            content: _t(
                "The customer says when the money comes? Note it as a promise: it is judged by the money that really comes in. This time, close the window without saving."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto", HAS_RECORDS], trigger: ".modal .o_form_button_cancel", run: "click" },
        { isActive: [HAS_RECORDS], trigger: "body:not(:has(.modal)) .o_adv_call_desk" },
        {
            isActive: [HAS_RECORDS],
            trigger: ".o_adv_call_desk button[name=dispute]",
            content: _t(
                "The customer contests an invoice? Open a dispute: only the contested part rests, the remainder is still claimed. Close without saving."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto", HAS_RECORDS], trigger: ".modal .o_form_button_cancel", run: "click" },
        { isActive: [HAS_RECORDS], trigger: "body:not(:has(.modal)) .o_adv_call_desk" },
        ...goTo(
            "menu_follow_up",
            "menu_promises",
            _t("After the calls: what was promised until now?"),
            _t("Kept, partly kept or broken: judged by what was matched.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_follow_up",
            "menu_disputes",
            _t("And what is contested?"),
            _t("Each dispute has an owner and a day by which the customer gets an answer.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_reminders",
            "menu_runs",
            _t("Reminders are written by themselves."),
            _t("One run a day. Nothing is sent twice, whoever starts it again.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_reminders",
            "menu_notices",
            _t("What exactly do the customers get?"),
            _t("Read the notices here; a formal notice waits until somebody releases it.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_reminders",
            "menu_items",
            _t("Somebody asks why an invoice was not chased?"),
            _t("Every open instalment has one outcome that says why.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_figures",
            "menu_cash_forecast",
            _t("Last, look ahead."),
            _t("The money to come by week, from the habits of each customer.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
    ],
});
