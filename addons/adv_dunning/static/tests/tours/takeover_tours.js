import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Where credit control is installed: from Go live to the take-over, and back to what is left of it. */
registry.category("web_tour.tours").add("adv_dunning_takeover", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        { trigger: '.o_app[data-menu-xmlid="adv_dunning.menu_root"]', run: "click" },
        { trigger: 'button[data-menu-xmlid="adv_dunning.menu_configuration"]', run: "click" },
        {
            trigger: '.dropdown-item[data-menu-xmlid="adv_dunning.menu_takeover"]',
            run: "click",
        },
        { trigger: ".modal .o_adv_takeover_levels td:contains(First reminder)" },
        { trigger: '.modal button[name="action_take_over"]', run: "click" },
        { trigger: ".modal .modal-footer .btn-primary:contains(Ok)", run: "click" },
        { trigger: ".modal .alert-success:contains(All that credit control knows is here)" },
    ],
});
