import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    getService,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getColor } from "@web/core/colors/colors";
import { WebClient } from "@web/webclient/webclient";
import { chartColors } from "@adv_kpi/kpi_chart/chart_colors";
import { KpiCard } from "@adv_kpi/kpi_card/kpi_card";
import { KpiChart } from "@adv_kpi/kpi_chart/kpi_chart";
import { Sparkline } from "@adv_kpi/sparkline/sparkline";
import "@adv_kpi/dashboard/dashboard";
import { makeCard, makeDashboard } from "./adv_kpi_test_helpers";

class AdvKpi extends models.Model {
    _name = "adv.kpi";
}

defineMailModels();
defineModels([AdvKpi]);

async function mountCard(values, props = {}) {
    const opened = [];
    await mountWithCleanup(KpiCard, {
        props: {
            card: makeCard(values),
            currencyId: 1,
            onDefine: (card) => opened.push(["define", card.code]),
            onOpen: (card, part) => opened.push(["open", part.model, part.domain]),
            ...props,
        },
    });
    return opened;
}

/** The labels of an axis of the last chart, as drawn. */
async function drawLabels(axis, data) {
    const charts = [];
    patchWithCleanup(KpiChart.prototype, {
        draw() {
            super.draw();
            charts.push(...[this.chart].filter(Boolean));
        },
    });
    onRpc("adv.kpi", "get_dashboard", () => makeDashboard([makeCard()], data));
    await openDashboard();
    return charts.at(-1).scales[axis].ticks.map((tick) => tick.label);
}

function errorTypes(...values) {
    return values.map((value, key) => ({ key, label: `Type ${key}`, value, domain: [] }));
}

async function openDashboard() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction("adv_kpi.dashboard");
}

test("the value opens the records, the label the definition", async () => {
    const opened = await mountCard();
    expect(".o_adv_kpi_value").toHaveText("12");
    expect(".o_adv_kpi_change").toHaveClass("text-success");
    expect(".o_adv_kpi_change .visually-hidden").toHaveText("better");
    await contains(".o_adv_kpi_value").click();
    await contains(".o_adv_kpi_label").click();
    expect(opened).toEqual([
        ["open", "sale.order", [["state", "=", "sale"]]],
        ["define", "order_count"],
    ]);
});

test("a percentage opens its numerator or its denominator", async () => {
    const part = (value, domain) => ({ value, domain, model: "sale.order", aggregate: "count" });
    const opened = await mountCard({
        unit: "percent",
        decimals: 1,
        value: 25,
        numerator: part(1, [["id", "=", 1]]),
        denominator: part(4, []),
    });
    expect(".o_adv_kpi_parts").toHaveText(/1\s*of\s*4/);
    await contains(".o_adv_denominator").click();
    await contains(".o_adv_numerator").click();
    expect(opened.map(([, , domain]) => domain)).toEqual([[], [["id", "=", 1]]]);
});

test("a missed target has a mark and a sentence", async () => {
    await mountCard({ target: { value: 20, is_met: false } });
    expect(".o_adv_kpi_card").toHaveClass("o_adv_missed");
    expect(".o_adv_kpi_target").toHaveText("Misses the target of 20");
    expect(".o_adv_kpi_target .fa-exclamation-triangle").toHaveCount(1);
});

test("a band is shown with both its ends", async () => {
    await mountCard({ target: { value: 10, value_to: 20, is_met: false } });
    expect(".o_adv_kpi_target").toHaveText("Misses the target of 10 – 20");
});

test("lines shipped are no amounts", async () => {
    const part = (value) => ({ value, domain: [], model: "sale.order", aggregate: "sum:lines" });
    await mountCard({
        unit: "percent",
        value: 80,
        parts_unit: "count",
        numerator: part(8),
        denominator: part(10),
    });
    expect(".o_adv_kpi_parts").toHaveText(/8\s*of\s*10/);
});

test("nothing to measure and no base: a dash, no comparison", async () => {
    await mountCard({ value: null, unit: "percent", change: null, base: null });
    expect(".o_adv_kpi_value").toHaveText("–");
    expect(".o_adv_kpi_change").toHaveCount(0);
});

test("a figure that the reader may not see says so", async () => {
    await mountCard({ not_applicable: true, value: null, numerator: null, series: [] });
    expect("button.o_adv_kpi_value").toHaveCount(0);
    expect(".o_adv_kpi_card").toHaveText(/Not available/);
});

test("a sparkline leaves a gap where there is no value", async () => {
    await mountWithCleanup(Sparkline, { props: { values: [1, 2, null, 3, 4], target: 2 } });
    expect("polyline").toHaveCount(2);
    expect(".o_adv_sparkline_target").toHaveCount(1);
});

test("dashboard: opens the month, changes period and comparison", async () => {
    mockDate("2026-03-20 10:00:00");
    const calls = [];
    onRpc("adv.kpi", "get_dashboard", ({ args }) => {
        calls.push(args);
        return makeDashboard([makeCard()]);
    });
    await openDashboard();
    expect(".o_adv_kpi_card").toHaveCount(1);
    expect(".o_adv_period").toHaveText("March 2026");
    await contains(".o_adv_previous").click();
    await contains(".o_adv_period").click();
    await contains(".o-dropdown-item[data-kind=quarter]").click();
    await contains(".o_adv_comparison").click();
    await contains(".o-dropdown-item[data-comparison=previous_period]").click();
    expect(calls).toEqual([
        ["2026-03-01", "2026-03-31", "previous_year"],
        ["2026-02-01", "2026-02-28", "previous_year"],
        ["2026-01-01", "2026-03-31", "previous_year"],
        ["2026-01-01", "2026-03-31", "previous_period"],
    ]);
});

test("dashboard: the workbook is that of the period shown", async () => {
    mockDate("2026-03-20 10:00:00");
    onRpc("adv.kpi", "get_dashboard", () => makeDashboard([makeCard()]));
    await openDashboard();
    const address = new URL(queryOne(".o_adv_export").href);
    expect(address.pathname).toBe("/adv_kpi/report.xlsx");
    expect(address.searchParams.get("date_from")).toBe("2026-03-01");
    expect(address.searchParams.get("comparison")).toBe("previous_year");
    expect(".o_adv_print").toHaveCount(1);
});

test("dashboard: a number opens its list", async () => {
    onRpc("adv.kpi", "get_dashboard", () => makeDashboard([makeCard()]));
    await openDashboard();
    const actions = [];
    patchWithCleanup(getService("action"), { doAction: (action) => actions.push(action) });
    await contains(".o_adv_kpi_value").click();
    expect(actions[0].res_model).toBe("sale.order");
    expect(actions[0].domain).toEqual([["state", "=", "sale"]]);
    expect(actions[0].name).toBe("Orders");
});

test("dashboard: the definition, and from there a target", async () => {
    onRpc("adv.kpi", "get_dashboard", () => makeDashboard([makeCard()]));
    await openDashboard();
    const actions = [];
    patchWithCleanup(getService("action"), { doAction: (action) => actions.push(action) });
    await contains(".o_adv_kpi_label").click();
    expect(".o_adv_kpi_explanation").toHaveText("Orders confirmed in the period.");
    await contains(".o_adv_set_target").click();
    expect(actions[0].res_model).toBe("adv.kpi.target");
    expect(actions[0].context).toEqual({ default_kpi_id: 1 });
});

test("dashboard: nothing in thirteen months explains itself", async () => {
    const series = [{ date_from: "2026-01-01", date_to: "2026-01-31", value: 0 }];
    onRpc("adv.kpi", "get_dashboard", () => makeDashboard([makeCard({ value: 0, series })]));
    await openDashboard();
    expect(".o_adv_kpi_empty").toHaveCount(1);
});

test("dashboard: a chart has the table behind it, its rows open the records", async () => {
    const bar = { key: 1, label: "Price", value: 3, model: "sale.order", domain: [["id", "=", 3]] };
    onRpc("adv.kpi", "get_dashboard", () =>
        makeDashboard([makeCard()], { error_types: [{ ...bar, aggregate: "count" }] })
    );
    await openDashboard();
    const actions = [];
    patchWithCleanup(getService("action"), { doAction: (action) => actions.push(action) });
    expect(".o_adv_kpi_chart canvas").toHaveCount(1);
    await contains(".o_adv_toggle_table").click();
    expect(queryAllTexts(".o_adv_kpi_chart th")).toEqual(["Price"]);
    await contains(".o_adv_kpi_chart td button").click();
    expect(actions[0].domain).toEqual([["id", "=", 3]]);
});

test("dashboard: the analysis names the causes, losses, hours and cash", async () => {
    const point = (month, value, signal) => ({
        date_from: `2026-0${month}-01`,
        value,
        upper: 3,
        lower: 0,
        signal,
    });
    onRpc("adv.kpi", "get_dashboard", () => makeDashboard([makeCard()]));
    onRpc("adv.kpi", "get_analysis", () => ({
        control: { centre: 1.5, points: [point(1, 1, null), point(2, 4, "above")] },
        losses: {
            orders: [
                { key: "late", value: 1 },
                { key: "rest", value: 2 },
            ],
        },
        staffing: { weeks: [{ date_from: "2026-02-02", needed: 30, present: 40 }] },
        cash: {
            currency_id: 1,
            disputed: 20,
            disputed_days: 1.25,
            corrected: 0,
            corrected_days: null,
        },
    }));
    await openDashboard();
    await contains("[data-page=analysis]").click();
    expect(queryAllTexts(".o_adv_causes li")).toEqual(["February 2026: above the upper limit"]);
    expect(".o_adv_kpi_chart canvas").toHaveCount(3);
    expect(".o_adv_kpi_card").toHaveCount(0);
    expect(queryAllTexts(".o_adv_cash td")).toEqual(["$ 20", "1.3 d", "$ 0", "–"]);
    await contains("[data-page=figures]").click();
    expect(".o_adv_kpi_card").toHaveCount(1);
});

test("the axis of a chart of few does not repeat itself", async () => {
    expect(await drawLabels("y", { error_types: errorTypes(1), aged: [] })).toEqual(["0", "1"]);
});

test("the axis of a chart of many counts in whole numbers", async () => {
    const ticks = await drawLabels("y", { error_types: errorTypes(7, 3), aged: [] });
    expect(new Set(ticks).size).toBe(ticks.length);
});

test("labels under bars are all there, in lines, a number with its unit", async () => {
    const ages = [
        [null, 0],
        [0, 30],
        [30, 60],
        [60, 90],
        [90, null],
    ].map(([after, up_to]) => ({ after, up_to, value: 1, domain: [] }));
    expect(await drawLabels("x", { aged: ages })).toEqual([
        ["Not due"],
        ["1-30 d"],
        ["31-60 d"],
        ["61-90 d"],
        ["Over", "90 d"],
    ]);
});

test("a chart takes its colours from the page as it is shown", async () => {
    await mountCard();
    const page = queryOne(".o_adv_kpi_card");
    page.style.color = "rgb(228, 228, 228)";
    expect(chartColors(page)).toEqual({
        ink: "rgb(228, 228, 228)",
        muted: "rgba(228, 228, 228, 0.6)",
        grid: "rgba(228, 228, 228, 0.12)",
        series: getColor(0, "dark", "odoo"),
    });
    page.style.color = "rgb(55, 65, 81)";
    expect(chartColors(page).series).toBe(getColor(0, "bright", "odoo"));
});
