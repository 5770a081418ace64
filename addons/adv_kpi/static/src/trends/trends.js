import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatChange, formatFigure } from "../formatters";
import { KpiChart } from "../kpi_chart/kpi_chart";

const { Info } = luxon;

/**
 * Trends and preferences: what sells, when in the year, and which customers stay or leave.
 */
export class KpiTrends extends Component {
    static template = "adv_kpi.Trends";
    static components = { KpiChart };
    static props = {
        period: { type: Object },
        filters: { type: Object, optional: true },
        onOpen: { type: Function },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ data: null });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ filters = {}, period }) {
        const key = JSON.stringify([serializeDate(period.from), serializeDate(period.to), filters]);
        if (key === this.loaded) {
            return;
        }
        this.loaded = key;
        this.state.data = await this.keepLast.add(
            this.orm.call("adv.kpi", "get_trends", JSON.parse(key))
        );
    }

    amount(value) {
        return formatFigure(value, { unit: "currency" }, this.state.data.currency_id);
    }

    get seasons() {
        const [last, ...before] = this.state.data.seasons;
        return {
            title: _t("Order intake through the year"),
            empty: _t("Appears with the first orders."),
            labels: Info.months("short"),
            values: last ? last.values : [],
            valueLabel: last ? String(last.year) : "",
            lines: before.map(({ year, values }) => ({ label: String(year), values })),
            format: (value) => this.amount(value),
        };
    }

    get products() {
        return this.state.data.products.map((product) => ({
            ...product,
            revenue: this.amount(product.value),
            margin: formatFigure(product.margin_rate, { unit: "percent", decimals: 1 }),
            trend: this.trend(product.change),
        }));
    }

    trend(change) {
        return formatChange(change, { unit: "currency" }, this.state.data.currency_id) || "–";
    }

    get segments() {
        const texts = {
            best: [_t("Best"), _t("ordered lately, often and much")],
            loyal: [_t("Loyal"), _t("ordered lately and often")],
            new: [_t("New"), _t("first order lately")],
            other: [_t("Occasional"), _t("ordered lately, now and then")],
            at_risk: [_t("At risk"), _t("used to order often or much, not lately")],
            sleeping: [_t("Sleeping"), _t("ordered now and then, not lately")],
        };
        return this.state.data.segments.map((segment) => ({
            ...segment,
            name: texts[segment.key][0],
            meaning: texts[segment.key][1],
            shown: this.amount(segment.amount),
        }));
    }

    openHabits() {
        return this.action.doAction("adv_orders.action_my_customers");
    }
}
