import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
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
import { KpiFilters } from "../filters/filters";
import { activeFilters, filterNouns } from "../filters/filter_nouns";
import { KpiCard } from "../kpi_card/kpi_card";
import { KpiChart } from "../kpi_chart/kpi_chart";
import { KpiDefinition } from "../kpi_definition/kpi_definition";
import { PeriodPicker } from "../period_picker/period_picker";
import { KINDS, periodLabel, periodOf } from "../periods";
import { KpiSurvey } from "../survey/survey";
import { KpiTrends } from "../trends/trends";
import { fromAddress, pack, toAddress, unpack } from "./address";
import { aged, errorTypes, onTime } from "./first_page_charts";
import { recordsAction } from "./records";

const { DateTime } = luxon;

const FIGURE_PAGES = ["first", "productivity", "quality", "service", "commercial", "cash"];

export class AdvKpiDashboard extends Component {
    static template = "adv_kpi.Dashboard";
    static components = {
        Dropdown,
        DropdownItem,
        KpiAnalysis,
        KpiCard,
        KpiChart,
        KpiSurvey,
        KpiTrends,
        Layout,
        PeriodPicker,
    };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Dashboard");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.names = useService("name");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ ...this.initialState, data: null, chips: [], isLoading: false });
        useSetupAction({
            getLocalState: () => this.shown,
            getGlobalState: () => this.globalState,
        });
        this.updateAddress();
        onWillStart(() => this.load());
        // on a phone the tab of the page may stand outside of what is seen
        this.pagesRef = useRef("pages");
        useEffect(
            (page) => this.showTab(page),
            () => [this.state.page]
        );
    }

    showTab(page) {
        const tab = this.pagesRef.el?.querySelector(`[data-page=${page}]`);
        tab?.scrollIntoView({ block: "nearest", inline: "center" });
    }

    /** What was shown here, or at this place of the browser's history, or is asked for, else what is usual. */
    get initialState() {
        const layout = user.settings?.adv_kpi_layout || {};
        const kind = KINDS.includes(layout.kind) ? layout.kind : "month";
        const { state, globalState } = this.props;
        const known =
            state || (globalState?.advKpi && unpack(globalState.advKpi)) || this.addressed;
        const shown = { ...layout, period: periodOf(kind), ...known };
        return {
            period: shown.period,
            comparison: shown.comparison ?? "previous_year",
            page: this.pages.some(({ id }) => id === shown.page) ? shown.page : "first",
            filters: shown.filters || {},
            codes: shown.codes || null,
            isChosen: Boolean(shown.isChosen),
        };
    }

    /** What an address asks for that was loaded: one that the web client wrote has its state beside it. */
    get addressed() {
        const asked = !router.current.globalState && fromAddress(router.current);
        return asked && { ...asked, isChosen: true };
    }

    get shown() {
        const { period, comparison, page, filters, codes, isChosen } = this.state;
        return { period, comparison, page, filters, codes, isChosen };
    }

    get globalState() {
        return { advKpi: pack(this.shown) };
    }

    /** Keep what is shown in the browser's history, what was chosen also in the address. */
    updateAddress() {
        this.props.updateActionState?.({
            globalState: this.globalState,
            ...(this.state.isChosen ? toAddress(this.state) : {}),
        });
    }

    // --- DATA ---

    async load() {
        const { period, comparison, codes, page } = this.state;
        this.state.isLoading = true;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call(
                    "adv.kpi",
                    "get_dashboard",
                    [serializeDate(period.from), serializeDate(period.to), comparison],
                    {
                        filters: this.filters,
                        page: FIGURE_PAGES.includes(page) ? page : "first",
                        codes,
                    }
                )
            );
            if (this.dropFilters()) {
                return this.load();
            }
            await this.loadChips();
        } finally {
            this.state.isLoading = false;
        }
    }

    /** Take off remembered filters that are not offered any more; tells whether there were some. */
    dropFilters() {
        const offered = this.nouns.map(({ noun }) => `${noun}_ids`);
        const kept = Object.entries(this.filters).filter(([name]) => offered.includes(name));
        const isLess = kept.length < Object.keys(this.filters).length;
        if (isLess) {
            this.state.filters = Object.fromEntries(kept);
        }
        return isLess;
    }

    /** The filters chosen, by name: each can be taken off alone. */
    async loadChips() {
        const chips = [];
        for (const { noun, label, model } of this.nouns) {
            const ids = this.filters[`${noun}_ids`] || [];
            const names = ids.length ? await this.names.loadDisplayNames(model, ids) : {};
            for (const id of ids) {
                const name = typeof names[id] === "string" ? names[id] : `#${id}`;
                chips.push({
                    noun,
                    id,
                    label: _t("%(label)s: %(value)s", { label, value: name }),
                });
            }
        }
        this.state.chips = chips;
    }

    get nouns() {
        return filterNouns(this.state.data.filter_models || {});
    }

    get filters() {
        return activeFilters(this.state.filters);
    }

    /** Keep how the reader left the dashboard: for the next time, on any device. */
    remember() {
        if (user.settings?.id) {
            const { period, comparison, page, filters, codes } = this.state;
            const layout = { kind: period.kind, comparison, page, filters, codes };
            user.setUserSettings("adv_kpi_layout", layout);
        }
    }

    change(values) {
        this.choose(values);
        return this.load();
    }

    choose(values) {
        Object.assign(this.state, values, { isChosen: true });
        this.updateAddress();
        this.remember();
    }

    // --- WHAT IS SHOWN ---

    get pages() {
        return [
            { id: "first", name: _t("First page") },
            { id: "productivity", name: _t("Productivity") },
            { id: "quality", name: _t("Quality") },
            { id: "service", name: _t("Service") },
            { id: "commercial", name: _t("Commercial") },
            { id: "cash", name: _t("Cash") },
            { id: "analysis", name: _t("Analysis") },
            { id: "trends", name: _t("Trends") },
        ];
    }

    /** What a printed page is about: the screen shows it in its control panel. */
    get heading() {
        const page = this.pages.find(({ id }) => id === this.state.page).name;
        const companies = user.activeCompanies.map(({ name }) => name).join(", ");
        const parts = [companies, page, periodLabel(this.state.period), this.comparisonLabel];
        return parts.filter(Boolean).join(" · ");
    }

    get hasCards() {
        return FIGURE_PAGES.includes(this.state.page);
    }

    get comparisons() {
        return [
            { id: "previous_year", name: _t("vs previous year") },
            { id: "previous_period", name: _t("vs previous period") },
            { id: false, name: _t("no comparison") },
        ];
    }

    get comparisonLabel() {
        const { comparison } = this.state;
        return (this.comparisons.find(({ id }) => id === comparison) || this.comparisons[0]).name;
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
        return (
            this.state.page === "first" &&
            !Object.keys(this.filters).length &&
            this.cards.every(({ value, series }) => !value && series.every(({ value }) => !value))
        );
    }

    setPeriod(period) {
        return this.change({ period });
    }

    setComparison(comparison) {
        return this.change({ comparison });
    }

    setPage(page) {
        if (!FIGURE_PAGES.includes(page)) {
            return this.choose({ page });
        }
        return this.change({ page });
    }

    // --- FILTERS ---

    chooseFilters() {
        this.dialog.add(KpiFilters, {
            nouns: this.nouns,
            filters: this.filters,
            onChange: (filters) => this.change({ filters }),
        });
    }

    removeFilter({ noun, id }) {
        const key = `${noun}_ids`;
        const left = this.filters[key].filter((other) => other !== id);
        return this.change({ filters: { ...this.filters, [key]: left } });
    }

    // --- CHARTS ---

    get charts() {
        if (this.state.page !== "first") {
            return [];
        }
        const { charts, currency_id } = this.state.data;
        const card = this.cards.find(({ code }) => code === "on_time_rate");
        const open = (label, part) => this.openRecords(label, part);
        return [
            card && !card.not_applicable && onTime(card, (point) => this.openMonth(card, point)),
            charts.error_types && errorTypes(charts.error_types, open),
            charts.aged.length && aged(charts.aged, currency_id, open),
        ].filter(Boolean);
    }

    // --- ACTIONS ---

    /** The workbook of what is shown: period, comparison and filters, with every figure. */
    get exportUrl() {
        const { period, comparison } = this.state;
        return url("/adv_kpi/report.xlsx", {
            date_from: serializeDate(period.from),
            date_to: serializeDate(period.to),
            comparison: comparison || "none",
            filters: JSON.stringify(this.filters),
            cids: user.activeCompanies.map(({ id }) => id).join(","),
        });
    }

    print() {
        window.print();
    }

    openRecords(name, part) {
        return this.action.doAction(recordsAction(name, part));
    }

    openCard(card, part) {
        return this.openRecords(card.name, part);
    }

    async openMonth(card, point) {
        const values = await this.orm.call(
            "adv.kpi",
            "get_values",
            [[card.code], point.date_from, point.date_to],
            { filters: this.filters }
        );
        return this.openRecords(card.name, values[card.code].numerator);
    }

    define(card) {
        const { can_see_closed, can_set_target, currency_id } = this.state.data;
        this.dialog.add(KpiDefinition, {
            card,
            currencyId: currency_id,
            whole: this.wholeCompany,
            until: can_see_closed ? serializeDate(this.state.period.to) : undefined,
            onOpen: (part) => this.openRecords(part.name, part),
            onSetTarget: can_set_target ? () => this.setTarget(card) : undefined,
            place: this.placeOf(card),
            onPlace: (place) => this.putCard(card, place),
        });
    }

    /** The company whose closed months are shown, where the figures are of less or of more than it. */
    get wholeCompany() {
        const isOther = Object.keys(this.filters).length || user.activeCompanies.length > 1;
        return isOther ? user.activeCompany.name : undefined;
    }

    setTarget(card) {
        const teams = this.filters.team_ids || [];
        const team = teams.length === 1 ? { default_team_id: teams[0] } : {};
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Target: %s", card.name),
                res_model: "adv.kpi.target",
                views: [[false, "form"]],
                target: "new",
                context: { default_kpi_id: card.id, ...team },
            },
            { onClose: () => this.load() }
        );
    }

    openTargets() {
        return this.action.doAction("adv_kpi.action_adv_kpi_target");
    }

    // --- LAYOUT ---

    /** @returns {{ index: number, count: number }|null} place on the first page, null elsewhere */
    placeOf(card) {
        return this.state.page === "first"
            ? { index: this.cards.indexOf(card), count: this.cards.length }
            : null;
    }

    /**
     * Put a figure elsewhere on the reader's own first page.
     *
     * @param {Object} card
     * @param {number|null} place index on the first page, null to take it off, -1 to add it at the end
     */
    async putCard(card, place) {
        const codes = (await this.firstPageCodes()).filter((code) => code !== card.code);
        if (place !== null) {
            codes.splice(place < 0 ? codes.length : place, 0, card.code);
        }
        return this.change({ codes });
    }

    async firstPageCodes() {
        if (this.state.codes) {
            return this.state.codes;
        }
        if (this.state.page === "first") {
            return this.cards.map(({ code }) => code);
        }
        const figures = await this.orm.searchRead("adv.kpi", [["first_page", "=", true]], ["code"]);
        return figures.map(({ code }) => code);
    }

    resetLayout() {
        return this.change({ codes: null });
    }
}

registry.category("actions").add("adv_kpi.dashboard", AdvKpiDashboard);
