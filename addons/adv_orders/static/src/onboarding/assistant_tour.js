import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// what explains a record is left out where there is none: no step waits for nothing
const HAS_RECORDS = "body:not(:has(.o_list_view .o_nocontent_help))";

const menu = (name) => `[data-menu-xmlid='adv_orders.${name}']`;

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

// An assistant's day: the morning page, the mail, the orders to settle, changes, requests, deliveries.
registry.category("web_tour.tours").add("adv_orders_assistant_day", {
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
            content: _t("Let us walk through the day of a sales administration assistant."),
            tooltipPosition: "bottom",
            run: "click",
        },
        ...goTo(
            "menu_orders",
            "menu_morning",
            _t("Everything about orders is in this menu."),
            _t("The day begins with one page: what came in, what leaves today, what is blocked.")
        ),
        {
            trigger: ".o_adv_morning .o_adv_figure button",
            content: _t("Each figure is a list. Open this one to see what is behind it."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_back_button a, .breadcrumb-item a",
            content: _t("These are the records counted. Go back to the morning page this way."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_adv_morning" },
        ...goTo(
            "menu_orders",
            "menu_inbox",
            _t("Now the mail of your customers."),
            _t(
                "Received documents wait here: file each one as an order, a request or a payment advice."
            )
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_orders",
            "menu_desk",
            _t("When the mail is filed, see to the orders."),
            _t("Your desk holds the orders that need you, those that leave first on top.")
        ),
        {
            // of the desk: the list that is left has customers as well, and a pointer to it goes back
            trigger:
                ".o_adv_desk_list .o_data_row td[name=partner_id], .o_adv_desk_list .o_nocontent_help",
            content: _t("Open the first order. None today? Click on the text and go on."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [HAS_RECORDS],
            trigger: ".o_form_view .o_notebook_headers a[name=adv]",
            content: _t(
                "The line above says where the order stands and what is missing. This tab says what was checked, who approves and what was changed."
            ),
            tooltipPosition: "top",
            run: "click",
        },
        { isActive: [HAS_RECORDS], trigger: ".o_form_view a[name=adv].active" },
        ...goTo(
            "menu_orders",
            "menu_to_qualify",
            _t(
                "The Confirm button submits and confirms in one go when nothing is wrong. Now the changes of confirmed orders."
            ),
            _t("Say of each change: the customer's wish, or our error? Errors are counted by that.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_orders",
            "menu_request",
            _t("Then the questions of your customers."),
            _t("Requests are sorted by the hour at which the answer is due.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_orders",
            "menu_find_order",
            _t("Somebody calls: where is my order?"),
            _t("Find it by number, reference, delivery note or invoice; note the answer there.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_promises",
            "menu_late",
            _t("Before the day ends, the deliveries."),
            _t(
                "Here is what is late or at risk, and why. Promise a new day for many lines at once; each customer gets one message."
            )
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
        ...goTo(
            "menu_orders",
            "menu_quotes",
            _t("Time left? Somebody waits to be asked."),
            _t("Quotations without an answer, the oldest first. That is the whole day.")
        ),
        { trigger: ".o_action_manager .o_last_breadcrumb_item" },
    ],
});
