import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import {
    contains,
    defineActions,
    defineModels,
    getService,
    makeDialogMockEnv,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { getColor } from "@web/core/colors/colors";
import { user } from "@web/core/user";
import { redirect } from "@web/core/utils/urls";
import { WebClient } from "@web/webclient/webclient";
import { chartColors } from "@adv_kpi/kpi_chart/chart_colors";
import { KpiCard } from "@adv_kpi/kpi_card/kpi_card";
import { KpiChart } from "@adv_kpi/kpi_chart/kpi_chart";
import { KpiDefinition } from "@adv_kpi/kpi_definition/kpi_definition";
import { periodOf } from "@adv_kpi/periods";
import { Sparkline } from "@adv_kpi/sparkline/sparkline";
import { KpiSurvey } from "@adv_kpi/survey/survey";
import { KpiTrends } from "@adv_kpi/trends/trends";
import { fromAddress } from "@adv_kpi/dashboard/address";
import "@adv_kpi/dashboard/dashboard";
import { makeCard, makeDashboard } from "./adv_kpi_test_helpers";

class AdvKpi extends models.Model {
    _name = "adv.kpi";
    _views = { list: "<list/>" };
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

const parts = [
    { name: "Before", value: 5, unit: "count", model: "sale.order", domain: [] },
    { name: "After", value: 2, unit: "count", model: "sale.order", domain: [] },
];

test("a value of several numbers opens what names them", async () => {
    const opened = await mountCard({ numerator: null, parts });
    await contains("button.o_adv_kpi_value").click();
    expect(opened).toEqual([["define", "order_count"]]);
});

test("each of several numbers opens its records", async () => {
    await mountWithCleanup(KpiDefinition, {
        env: await makeDialogMockEnv(),
        props: {
            card: makeCard({ parts }),
            onOpen: ({ name }) => expect.step(name),
            close: () => expect.step("close"),
        },
    });
    expect(queryAllTexts(".o_adv_made_of th")).toEqual(["Before", "After"]);
    expect(queryAllTexts(".o_adv_made_of td")).toEqual(["5", "2"]);
    await contains(".o_adv_made_of tr:last-child button").click();
    expect.verifySteps(["close", "After"]);
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

test("dashboard: filters cut the figures, each can be taken off alone", async () => {
    const calls = [];
    onRpc("adv.kpi", "get_dashboard", ({ kwargs }) => {
        calls.push(kwargs.filters);
        return makeDashboard([makeCard()], {}, { partner: "res.partner" });
    });
    await openDashboard();
    await contains(".o_adv_filter").click();
    expect(queryAllTexts(".o_adv_filters [role=group] > .fw-bold")).toEqual(["Customer"]);
    await contains("[data-noun=partner] input").click();
    await contains("[data-noun=partner] .o-autocomplete--dropdown-item:contains(Mitchell)").click();
    await contains(".o_adv_apply").click();
    expect(".o_adv_chips button").toHaveText(/^Customer: Mitchell Admin\s*take off$/);
    const address = new URL(queryOne(".o_adv_export").href);
    expect(JSON.parse(address.searchParams.get("filters"))).toEqual(calls.at(-1));
    await contains(".o_adv_chips button").click();
    expect(".o_adv_chips").toHaveCount(0);
    expect(calls.map((filters) => Object.keys(filters))).toEqual([[], ["partner_ids"], []]);
});

test("dashboard: a category is a page, the reader puts a figure on the first one", async () => {
    const asked = [];
    onRpc("adv.kpi", "get_dashboard", ({ kwargs }) => {
        asked.push([kwargs.page, kwargs.codes]);
        return makeDashboard([makeCard({ code: kwargs.page === "cash" ? "dso" : "order_count" })]);
    });
    onRpc("adv.kpi", "search_read", () => [{ id: 1, code: "order_count" }]);
    onRpc("adv.kpi", "get_restated", ({ args }) => ({ [args[0][0]]: [] }));
    await openDashboard();
    await contains("[data-page=cash]").click();
    expect("[data-page=cash]").toHaveAttribute("aria-current", "page");
    await contains(".o_adv_kpi_label").click();
    await contains(".o_adv_put").click();
    await contains("[data-page=first]").click();
    await contains(".o_adv_reset").click();
    expect(asked).toEqual([
        ["first", null],
        ["cash", null],
        ["cash", ["order_count", "dso"]],
        ["first", ["order_count", "dso"]],
        ["first", null],
    ]);
});

test("dashboard: what the reader left is there the next time", async () => {
    mockDate("2026-03-20 10:00:00");
    const saved = [];
    patchWithCleanup(user, {
        get settings() {
            return { id: 1, adv_kpi_layout: { kind: "quarter", comparison: false, page: "cash" } };
        },
        setUserSettings: (key, value) => saved.push([key, value]),
    });
    const asked = [];
    onRpc("adv.kpi", "get_dashboard", ({ args, kwargs }) => {
        asked.push([...args, kwargs.page]);
        return makeDashboard([makeCard()]);
    });
    await openDashboard();
    expect(asked).toEqual([["2026-01-01", "2026-03-31", false, "cash"]]);
    await contains("[data-page=quality]").click();
    expect(saved).toEqual([
        [
            "adv_kpi_layout",
            { kind: "quarter", comparison: false, page: "quality", filters: {}, codes: null },
        ],
    ]);
});

test("a rate of few shows between which ends it lies, a cohort how much is decided", async () => {
    const part = (value) => ({ value, domain: [["id", "=", value]], model: "sale.order" });
    const opened = await mountCard({
        unit: "percent",
        value: 60,
        numerator: { ...part(3), aggregate: "count" },
        denominator: { ...part(5), aggregate: "count" },
        interval: { n: 5, low: 23.07, high: 88.24 },
        maturity: { percent: 41.7, waiting: part(7) },
    });
    expect(".o_adv_kpi_interval").toHaveText("likely 23 % to 88 %");
    expect(".o_adv_kpi_maturity").toHaveText("41 % decided");
    await contains(".o_adv_kpi_maturity").click();
    expect(opened.at(-1)).toEqual(["open", "sale.order", [["id", "=", 7]]]);
});

test("a duration shows its median before its mean, and call-off orders apart", async () => {
    const opened = await mountCard({
        unit: "days",
        value: 9,
        spread: { median: 4, p90: 21 },
        apart: {
            value: 40,
            part: { value: 2, domain: [["id", "=", 2]], model: "sale.order" },
        },
    });
    expect(".o_adv_kpi_value").toHaveText("4 d");
    expect(".o_adv_kpi_spread").toHaveText("median, nine in ten within 21 d, mean 9 d");
    await contains(".o_adv_kpi_apart").click();
    expect(opened).toEqual([["open", "sale.order", [["id", "=", 2]]]]);
});

test("the definition shows the months closed as they were beside today", async () => {
    onRpc("adv.kpi", "get_restated", ({ args }) => {
        expect(args).toEqual([["order_count"], "2025-03-01", "2026-03-31"]);
        const month = (date_from, as_was, restated, same_definition = true) => ({
            date_from,
            as_was,
            restated,
            same_definition,
        });
        return {
            order_count: [month("2026-01-01", 7, 7, false), month("2026-02-01", 12, 11)],
        };
    });
    await mountWithCleanup(KpiDefinition, {
        env: await makeDialogMockEnv(),
        props: { card: makeCard(), until: "2026-03-31", whole: "Acme", close: () => {} },
    });
    expect(".o_adv_whole").toHaveText("All of Acme, whatever is chosen on the dashboard.");
    expect(queryAllTexts(".o_adv_restated tbody :is(th, td)")).toEqual([
        "February 2026",
        "12",
        "11\nchanged since",
        "January 2026\nThe definition changed since.",
        "7",
        "7",
    ]);
    expect(".o_adv_restated td.fw-bold").toHaveCount(1);
});

test("the survey shows how many answered, each interval, and the comments by theme", async () => {
    onRpc("adv.kpi", "get_survey_details", () => ({
        asked: 8,
        answered: 4,
        response_rate: 50,
        csat: { n: 4, value: 75, low: 30.1, high: 95.4 },
        nps: null,
        items: [
            { question_id: 1, label: "Phone reception", n: 1, value: 4, low: null, high: null },
        ],
        themes: [
            {
                key: 1,
                label: "Delivery",
                value: 2,
                to_answer: 1,
                model: "m",
                domain: [[1, "=", 1]],
            },
        ],
    }));
    const opened = [];
    await mountWithCleanup(KpiSurvey, {
        props: {
            period: periodOf("month"),
            onOpen: (name, { model }) => opened.push([name, model]),
        },
    });
    expect(".o_adv_survey p").toHaveText("4 of 8 asked have answered (50 %).");
    expect(queryAllTexts(".o_adv_survey .o_adv_scores tbody td")).toEqual(
        ["4", "75.0 %", "30.1 % – 95.4 %"].concat(["1", "4.00", "–"])
    );
    await contains(".o_adv_themes button").click();
    expect(opened).toEqual([["Delivery", "m"]]);
});

test("trends: seasons, products and segments, each opening its records", async () => {
    onRpc("adv.kpi", "get_trends", () => ({
        currency_id: 1,
        seasons: [
            { year: 2026, values: [10, null] },
            { year: 2025, values: [5, 6] },
        ],
        products: [
            {
                key: 3,
                label: "Lamp",
                value: 20,
                change: { difference: 10, percent: 100, is_better: true },
                margin_rate: 25,
                model: "adv.revenue.entry",
                domain: [],
            },
        ],
        segments: [
            { key: "best", value: 2, amount: 50, model: "adv.partner.stats", domain: [] },
            { key: "at_risk", value: 0, amount: 0, model: "adv.partner.stats", domain: [] },
        ],
    }));
    const opened = [];
    await mountWithCleanup(KpiTrends, {
        props: {
            period: periodOf("month"),
            onOpen: (name, { model }) => opened.push([name, model]),
        },
    });
    expect(queryAllTexts(".o_adv_products tbody :is(th, td)")).toEqual(
        ["Lamp", "$ 20", "+100 %", "25.0 %"].map((text) => text)
    );
    await contains(".o_adv_products button").click();
    await contains("[data-segment=best] button").click();
    expect("[data-segment=at_risk] button").toHaveCount(0);
    expect(opened).toEqual([
        ["Lamp", "adv.revenue.entry"],
        ["Best", "adv.partner.stats"],
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
    const moves = (type) => ({ model: "account.move", domain: [["move_type", "=", type]] });
    const cards = [
        makeCard(),
        makeCard({ code: "invoice_count", numerator: moves("out_invoice") }),
        makeCard({ code: "own_bills", numerator: moves("in_invoice") }),
    ];
    onRpc("adv.kpi", "get_dashboard", () => makeDashboard(cards));
    await openDashboard();
    const actions = [];
    patchWithCleanup(getService("action"), { doAction: (action) => actions.push(action) });
    await contains("[data-code=order_count] .o_adv_kpi_value").click();
    await contains("[data-code=invoice_count] .o_adv_kpi_value").click();
    await contains("[data-code=own_bills] .o_adv_kpi_value").click();
    expect(actions[0].res_model).toBe("sale.order");
    expect(actions[0].domain).toEqual([["state", "=", "sale"]]);
    expect(String(actions[0].help)).toMatch(/o_view_nocontent_smiling_face/);
    expect(actions[0].name).toBe("Orders");
    expect(actions.map(({ context }) => context.default_move_type)).toEqual([
        undefined,
        "out_invoice",
        undefined,
    ]);
});

test("dashboard: the definition, and from there a target", async () => {
    onRpc("adv.kpi", "get_restated", () => ({ order_count: [] }));
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
    expect(queryAllTexts(".o_adv_kpi_chart tbody th")).toEqual(["Price"]);
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
    onRpc("adv.kpi", "get_control_chart", ({ args }) => {
        expect.step(args[0]);
        return { centre: 2, points: [{ ...point(1, 2, null), date_to: "2026-01-31" }] };
    });
    onRpc("adv.kpi", "get_analysis", () => ({
        charted: [
            { code: "entry_error_rate", name: "Entry errors", unit: "percent", decimals: 1 },
            { code: "errors_per_100_lines", name: "Per 100 lines", unit: "ratio", decimals: 2 },
        ],
        control: {
            centre: 1.5,
            points: [
                point(1, 1, "run_below"),
                point(2, 1, "run_below"),
                point(3, 1, null),
                point(4, 4, "above"),
            ],
        },
        errors: [{ key: 1, label: "Price", value: 2, share: 100, cumulated: 100 }],
        losses: {
            currency_id: 1,
            whole: { value: 3, model: "sale.order", domain: [] },
            orders: [
                {
                    key: "late",
                    value: 1,
                    before: 3,
                    after: 2,
                    model: "sale.order",
                    domain: [["id", "=", 7]],
                },
                { key: "rest", value: 2, before: 2, after: 2 },
            ],
            value: [
                { key: "late", value: 10, before: 30, after: 20 },
                { key: "rest", value: 20, before: 20, after: 20 },
            ],
        },
        recovery: { days: [0, 1], seen: [0, 40], usual: [0, 25], known: 100 },
        staffing: { weeks: [{ date_from: "2026-02-02", needed: 30, present: 40 }] },
        cash: {
            currency_id: 1,
            disputed: 20,
            disputed_days: 1.25,
            corrected: 0,
            corrected_days: null,
            records: { disputed: { model: "adv.dispute", domain: [["id", "=", 8]] } },
        },
    }));
    await openDashboard();
    const actions = [];
    patchWithCleanup(getService("action"), { doAction: (action) => actions.push(action) });
    await contains("[data-page=analysis]").click();
    expect(queryAllTexts(".o_adv_causes li")).toEqual([
        "January 2026 to February 2026: nine in a row below the mean",
        "April 2026: above the upper limit",
    ]);
    expect(".o_adv_kpi_chart canvas").toHaveCount(5);
    expect(".o_adv_kpi_card").toHaveCount(0);
    const table = async (title) => {
        await contains(`.o_adv_kpi_chart[aria-label="${title}"] .o_adv_toggle_table`).click();
        return queryAllTexts(`.o_adv_kpi_chart[aria-label="${title}"] :is(th, td)`);
    };
    expect(await table("What perfect orders are lost to")).toEqual(
        ["", "Orders", "Value"].concat(
            ["Promised", "3", "$ 30"],
            ["Late", "1", "$ 10"],
            ["Perfect", "2", "$ 20"]
        )
    );
    expect((await table("Paid after a notice")).slice(-3)).toEqual(["1 d", "40.0 %", "25.0 %"]);
    expect((await table("Entry errors: chance or cause")).slice(-5)).toEqual([
        "Apr 26\nspecial",
        "4.0 %",
        "1.5 %",
        "3.0 %",
        "0.0 %",
    ]);
    expect(queryAllTexts(".o_adv_cash td")).toEqual(["$ 20", "1.3 d", "$ 0", "–"]);
    await contains(".o_adv_kpi_chart[aria-label^=What] tr:contains(Late) button").click();
    await contains(".o_adv_cash button").click();
    expect(actions.map(({ domain }) => domain)).toEqual([[["id", "=", 7]], [["id", "=", 8]]]);
    await contains("#o_adv_charted").select("errors_per_100_lines");
    expect.verifySteps(["errors_per_100_lines"]);
    expect(".o_adv_causes").toHaveCount(0);
    expect(".o_adv_kpi_chart[aria-label='Per 100 lines: chance or cause']").toHaveCount(1);
    await contains("[data-page=first]").click();
    expect(".o_adv_kpi_card").toHaveCount(1);
});

async function goThrough(step) {
    browser.history[step]();
    await animationFrame();
    await runAllTimers();
    await animationFrame();
}

defineActions([{ id: 1, name: "Targets", res_model: "adv.kpi", views: [[false, "list"]] }]);

test("the browser's ways back and forward find the period as it was", async () => {
    const asked = [];
    onRpc("adv.kpi", "get_dashboard", ({ args }) => {
        asked.push(args[0]);
        return makeDashboard([makeCard()]);
    });
    mockDate("2026-05-15 12:00:00");
    await openDashboard();
    await runAllTimers();
    await contains(".o_adv_previous").click();
    await runAllTimers();
    await getService("action").doAction(1);
    await runAllTimers();
    expect(".o_list_view").toHaveCount(1);
    await contains(".breadcrumb-item a").click();
    await runAllTimers();
    expect(".o_adv_period").toHaveText("April 2026");
    await goThrough("back");
    expect(".o_list_view").toHaveCount(1);
    await goThrough("forward");
    expect(".o_adv_period").toHaveText("April 2026");
    await goThrough("back");
    await goThrough("back");
    expect(".o_adv_period").toHaveText("April 2026");
    await goThrough("back");
    expect(".o_adv_period").toHaveText("May 2026");
    expect(asked).toEqual([
        "2026-05-01",
        "2026-04-01",
        "2026-04-01",
        "2026-04-01",
        "2026-04-01",
        "2026-05-01",
    ]);
});

test("what is chosen stands in the address, and a loaded address shows it", async () => {
    mockDate("2026-05-15 12:00:00");
    const asked = [];
    onRpc("adv.kpi", "get_dashboard", ({ args, kwargs }) => {
        asked.push([...args, kwargs.page, kwargs.filters]);
        return makeDashboard([makeCard()], {}, { partner: "res.partner" });
    });
    redirect(
        "/odoo/action-adv_kpi.dashboard?from=2026-01-01&to=2026-03-31&vs=none&partner_ids=3%2C17"
    );
    await mountWithCleanup(WebClient);
    await animationFrame();
    expect(".o_adv_period").toHaveText("Q1 2026");
    await contains("[data-page=cash]").click();
    await runAllTimers();
    expect(browser.location.search).toBe(
        "?from=2026-01-01&to=2026-03-31&vs=none&page=cash&partner_ids=3%2C17"
    );
    await contains(".o_adv_chips button").click();
    await runAllTimers();
    expect(browser.location.search).toBe(
        "?from=2026-01-01&to=2026-03-31&vs=none&page=cash&partner_ids=17"
    );
    // the menu begins anew: at today
    await getService("action").doAction("adv_kpi.dashboard", { clearBreadcrumbs: true });
    await runAllTimers();
    expect(browser.location.search).toBe("");
    expect(
        asked.map(([from, , vs, page, { partner_ids }]) => [from, vs, page, partner_ids])
    ).toEqual([
        ["2026-01-01", false, "first", [3, 17]],
        ["2026-01-01", false, "cash", [3, 17]],
        ["2026-01-01", false, "cash", [17]],
        ["2026-05-01", "previous_year", "first", undefined],
    ]);
});

test("an address with nonsense shows what is usual", async () => {
    mockDate("2026-05-15 12:00:00");
    const asked = [];
    onRpc("adv.kpi", "get_dashboard", ({ args, kwargs }) => {
        asked.push([...args, kwargs.page, kwargs.filters]);
        return makeDashboard([makeCard()]);
    });
    const odd = "vs=x&page=nowhere&team_ids=a";
    redirect(`/odoo/action-adv_kpi.dashboard?from=2026-02-10&to=2026-02-19&${odd}`);
    await mountWithCleanup(WebClient);
    await animationFrame();
    expect(asked).toEqual([["2026-02-10", "2026-02-19", "previous_year", "first", {}]]);
    for (const [from, to] of [
        ["2026-03-31", "2026-03-01"],
        ["x", 7],
        ["2026-01-01", undefined],
    ]) {
        expect(fromAddress({ from, to })).toBe(null);
    }
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
