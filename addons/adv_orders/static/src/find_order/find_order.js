import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Layout } from "@web/search/layout";
import { Component, useState } from "@odoo/owl";

const COLORS = {
    to_correct: "danger",
    held: "warning",
    to_approve: "warning",
    confirmed: "info",
    in_delivery: "info",
    delivered: "success",
    invoiced: "success",
    settled: "success",
};

/** The search box for the telephone: any number or name finds the order; two clicks log the answer. */
export class FindOrder extends Component {
    static template = "adv_orders.FindOrder";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ query: "", searched: "", rows: [] });
        this.searchSoon = useDebounced(() => this.search(), 250);
        useAutofocus({ refName: "query" });
    }

    get message() {
        if (this.state.searched.length < 3) {
            return _t(
                "Type an order number, the customer's reference, a delivery note, an invoice, or the caller's phone, e-mail or name."
            );
        }
        return this.state.rows.length ? "" : _t("No order found.");
    }

    color(row) {
        return COLORS[row.state] || "secondary";
    }

    day(text) {
        return text ? formatDate(deserializeDate(text)) : "";
    }

    onInput(ev) {
        this.state.query = ev.target.value;
        this.searchSoon();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            this.search();
        }
    }

    async search() {
        const query = this.state.query.trim();
        const rows = await this.keepLast.add(
            query.length < 3
                ? Promise.resolve([])
                : this.orm.call("adv.order.finder", "find", [query])
        );
        this.state.rows = rows;
        this.state.searched = query;
    }

    open(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    log(row) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Log a request"),
                res_model: "adv.request.log",
                views: [[false, "form"]],
                target: "new",
                context: { default_order_id: row.id },
            },
            { onClose: () => this.search() }
        );
    }
}

registry.category("actions").add("adv_orders.find_order", FindOrder);
