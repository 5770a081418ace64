import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FigureCard } from "../figures/figure_card";

/** Shared by the pages of figures: they load what the server counts and open what a number stands for. */
export class FiguresPage extends Component {
    static components = { FigureCard, Layout };
    static props = { ...standardActionServiceProps };
    static model = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ companies: [] });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.companies = await this.orm.call(this.constructor.model, "get_page", []);
    }

    get hasSeveralCompanies() {
        return this.state.companies.length > 1;
    }

    async open(company, key) {
        const { model } = this.constructor;
        const action = await this.orm.call(model, "open_figure", [company.company_id, key]);
        this.action.doAction(action);
    }

    print() {
        window.print();
    }
}

export class MorningPage extends FiguresPage {
    static template = "adv_orders.MorningPage";
    static model = "adv.morning";
    static displayName = _t("Morning page");
}

registry.category("actions").add("adv_morning", MorningPage);
