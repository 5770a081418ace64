import { Component, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { url } from "@web/core/utils/urls";
import { KeepLast } from "@web/core/utils/concurrency";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { KpiAnalysis } from "../analysis/analysis";
import { formatFigure } from "../formatters";
import { KpiCard } from "../kpi_card/kpi_card";
import { KpiChart } from "../kpi_chart/kpi_chart";
import { KpiDefinition } from "../kpi_definition/kpi_definition";
import { PeriodPicker } from "../period_picker/period_picker";
import { periodOf } from "../periods";

const { DateTime } = luxon;

export class AdvKpiDashboard extends Component {
    static template = "adv_kpi.Dashboard";
    static components = {
        Dropdown,
        DropdownItem,
        KpiAnalysis,
        KpiCard,
        KpiChart,
        Layout,
        PeriodPicker,
    };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Dashboard");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({
            period: this.props.state?.period || periodOf("month"),
            comparison: this.props.state?.comparison ?? "previous_year",
            page: this.props.state?.page || "figures",
            data: null,
            isLoading: false,
        });
        useSetupAction({
            getLocalState: () => ({
                period: this.state.period,
                comparison: this.state.comparison,
                page: this.state.page,
            }),
        });
        onWillStart(() => this.load());
    }

    // --- DATA ---

    async load() {
        const { period, comparison } = this.state;
        this.state.isLoading = true;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call("adv.kpi", "get_dashboard", [
                    serializeDate(period.from),
                    serializeDate(period.to),
                    comparison,
                ])
            );
        } finally {
            this.state.isLoading = false;
        }
    }

    get pages() {
        return [
            { id: "figures", name: _t("Figures") },
            { id: "analysis", name: _t("Analysis") },
        ];
    }

    get comparisons() {
        return [
            { id: "previous_year", name: _t("vs previous year") },
            { id: "previous_period", name: _t("vs previous period") },
            { id: false, name: _t("no comparison") },
        ];
    }

    get comparisonLabel() {
        return this.comparisons.find(({ id }) => id === this.state.comparison).name;
    }

    get comparedLabel() {
        const { compared } = this.state.data;
        return compared
            ? _t("Compared with %(from)s to %(to)s", {
                  from: formatDate(DateTime.fromISO(compared.date_from)),
                  to: formatDate(DateTime.fromISO(compared.date_to)),
              })
            : undefined;
    }

    get cards() {
        return this.state.data.cards;
    }

    /** Nothing happened in thirteen months: the company is new to this. */
    get isEmpty() {
        return this.cards.every(
            ({ value, series }) => !value && series.every((point) => !point.value)
        );
    }

    setPeriod(period) {
        this.state.period = period;
        return this.load();
    }

    setComparison(comparison) {
        this.state.comparison = comparison;
        return this.load();
    }

    // --- CHARTS ---

    get onTime() {
        const card = this.cards.find(({ code }) => code === "on_time_rate");
        if (!card || card.not_applicable) {
            return null;
        }
        const months = card.series.map((point) => DateTime.fromISO(point.date_from));
        return {
            title: _t("On time, 13 months"),
            empty: _t("Appears with the first promised deliveries."),
            type: "line",
            labels: months.map((month) => month.toFormat("LLL yy")),
            values: card.series.map((point) => point.value),
            target: card.target?.value,
            targetLabel: _t("Target"),
            maximum: 100,
            format: (value) => formatFigure(value, { unit: "percent" }),
            onOpen: (index) => this.openMonth(card, card.series[index]),
        };
    }

    get errorTypes() {
        const bars = this.state.data.charts.error_types;
        return {
            title: _t("Entry errors by type"),
            empty: _t("No entry error reached a customer in this period."),
            labels: bars.map((bar) => bar.label),
            values: bars.map((bar) => bar.value),
            format: (value) => formatFigure(value, { unit: "count" }),
            onOpen: (index) => this.openRecords(bars[index].label, bars[index]),
        };
    }

    get aged() {
        const { aged } = this.state.data.charts;
        const labels = aged.map((age) => this.ageLabel(age));
        return {
            title: _t("Receivables by days late"),
            empty: _t("Customers owe nothing."),
            labels,
            values: aged.map((age) => age.value),
            format: (value) =>
                formatFigure(value, { unit: "currency" }, this.state.data.currency_id),
            onOpen: (index) => this.openRecords(labels[index], aged[index]),
        };
    }

    ageLabel({ after, up_to }) {
        if (after === null) {
            return _t("Not due");
        }
        return up_to === null
            ? _t("Over %s d", after)
            : _t("%(from)s-%(to)s d", { from: after + 1, to: up_to });
    }

    get charts() {
        const { error_types, aged } = this.state.data.charts;
        return [this.onTime, error_types && this.errorTypes, aged.length && this.aged].filter(
            Boolean
        );
    }

    // --- ACTIONS ---

    /** The workbook of the period shown, with every figure. */
    get exportUrl() {
        const { period, comparison } = this.state;
        return url("/adv_kpi/report.xlsx", {
            date_from: serializeDate(period.from),
            date_to: serializeDate(period.to),
            comparison: comparison || "none",
            cids: user.activeCompanies.map(({ id }) => id).join(","),
        });
    }

    print() {
        window.print();
    }

    openRecords(name, { model, domain }) {
        const withForm = !model.endsWith(".entry");
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: [[false, "list"], withForm ? [false, "form"] : [false, "pivot"]],
            domain,
            context: { create: false },
        });
    }

    openCard(card, part) {
        return this.openRecords(card.name, part);
    }

    async openMonth(card, point) {
        const values = await this.orm.call("adv.kpi", "get_values", [
            [card.code],
            point.date_from,
            point.date_to,
        ]);
        return this.openRecords(card.name, values[card.code].numerator);
    }

    define(card) {
        this.dialog.add(KpiDefinition, {
            card,
            currencyId: this.state.data.currency_id,
            onSetTarget: this.state.data.can_set_target ? () => this.setTarget(card) : undefined,
        });
    }

    setTarget(card) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Target: %s", card.name),
                res_model: "adv.kpi.target",
                views: [[false, "form"]],
                target: "new",
                context: { default_kpi_id: card.id },
            },
            { onClose: () => this.load() }
        );
    }

    openTargets() {
        return this.action.doAction("adv_kpi.action_adv_kpi_target");
    }
}

registry.category("actions").add("adv_kpi.dashboard", AdvKpiDashboard);
