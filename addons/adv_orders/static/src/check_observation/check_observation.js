import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** What each check found in a period and would have stopped; from here a manager lets it warn or stop. */
export class CheckObservation extends Component {
    static template = "adv_orders.CheckObservation";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    static periods = [7, 14, 30, 90, 365];

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ days: 14, report: null });
        this.display = { controlPanel: {} };
        onWillStart(() => this.load());
    }

    async load() {
        this.state.report = await this.orm.call("adv.check", "get_observation", [this.state.days]);
    }

    get periods() {
        return CheckObservation.periods.map((days) => ({
            days,
            label: _t("Last %s days", days),
        }));
    }

    get rows() {
        return this.state.report.rows;
    }

    get isEmpty() {
        return !this.state.report.orders;
    }

    get modes() {
        const labels = this.modeLabels;
        const company = labels[this.state.report.company_mode];
        return [
            { value: "", label: _t("As the company: %s", company) },
            ...Object.entries(labels).map(([value, label]) => ({ value, label })),
        ];
    }

    get modeLabels() {
        return { observe: _t("Observe"), warn: _t("Warn"), enforce: _t("Enforce") };
    }

    get severities() {
        return {
            information: { label: _t("Information"), className: "text-bg-light" },
            warning: { label: _t("Warning"), className: "text-bg-warning" },
            blocking: { label: _t("Blocking"), className: "text-bg-danger" },
        };
    }

    number(value) {
        return formatFloat(value, { digits: [16, 0] });
    }

    share(row) {
        return formatPercentage(row.share, { digits: [16, 1] });
    }

    get rules() {
        return this.state.report.rules || [];
    }

    async openAsked(rule, afterConfirmation) {
        const action = await this.orm.call("adv.approval.rule", "action_open_observed", [
            [rule.id],
            this.state.days,
            afterConfirmation,
        ]);
        await this.action.doAction(action);
    }

    amount(row) {
        return formatMonetary(row.amount, {
            currencyId: this.state.report.currency_id,
            digits: [16, 0],
        });
    }

    async onPeriod(ev) {
        this.state.days = parseInt(ev.target.value);
        await this.load();
    }

    async onMode(row, ev) {
        await this.orm.write("adv.check", [row.id], { mode: ev.target.value || false });
        await this.load();
    }

    async openList(row, outcome) {
        const action = await this.orm.call("adv.check", "action_open_observed", [
            [row.id],
            this.state.days,
            outcome,
        ]);
        await this.action.doAction(action);
    }
}

registry.category("actions").add("adv_check_observation", CheckObservation);
