import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class AdvPartnerStats extends models.Model {
    _name = "adv.partner.stats";
    figures = fields.Json();
    _records = [
        {
            id: 7,
            figures: [
                { key: "orders", label: "Orders in 12 months", value: "12", hint: "$ 4,800" },
                { label: "Next order", value: "12/01/2026", tone: "danger", mark: "overdue" },
                {
                    key: "errors",
                    label: "Our errors",
                    value: "3",
                    parts: [{ key: "escaped", text: "1 seen by the customer", tone: "danger" }],
                },
            ],
        },
    ];
}

defineModels({ ...mailModels, AdvPartnerStats });

const MORNING = {
    company_id: 1,
    name: "Comptoir",
    date: "tuesday 16 June 2026",
    is_empty: false,
    cards: [
        {
            key: "ship",
            label: "To ship before 14:00",
            value: "37",
            parts: [{ key: "ship_blocked", text: "5 blocked", tone: "danger" }],
        },
        { key: "late", label: "Late", value: "0" },
    ],
};

async function openPage(tag, companies) {
    onRpc(`adv.${tag.slice(4)}`, "get_page", () => companies);
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag });
}

test("a figure of a record opens its list by name; one without name cannot be clicked", async () => {
    onRpc("adv.partner.stats", "action_open_figure", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    await mountView({
        type: "form",
        resModel: "adv.partner.stats",
        resId: 7,
        arch: `<form><field name="figures" widget="adv_figures"/></form>`,
    });
    expect(".o_adv_figure").toHaveCount(3);
    expect(".o_adv_figure:eq(1) button").toHaveCount(0);
    expect(".o_adv_figure:eq(1) .text-danger:contains(overdue) i.fa").toHaveCount(1);
    await contains(".o_adv_figure[data-key=errors] button:contains(seen by)").click();
    await contains(".o_adv_figure[data-key=orders] button").click();
    expect.verifySteps([
        [[7], "escaped"],
        [[7], "orders"],
    ]);
});

test("the morning page shows a card for each number and opens it for its company", async () => {
    onRpc("adv.morning", "open_figure", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    await openPage("adv_morning", [MORNING]);
    expect(queryAllTexts(".o_adv_figure .text-muted:first-child")).toEqual([
        "To ship before 14:00",
        "Late",
    ]);
    expect(".o_adv_empty").toHaveCount(0);
    await contains(".o_adv_figure_parts button[data-key=ship_blocked]").click();
    expect.verifySteps([[1, "ship_blocked"]]);
});

test("without any order the morning page says what will come", async () => {
    await openPage("adv_morning", [{ ...MORNING, is_empty: true }]);
    expect(".o_adv_empty").toHaveText(/No order was received/);
});

test("two companies are told apart", async () => {
    await openPage("adv_morning", [MORNING, { ...MORNING, company_id: 2, name: "Elsewhere" }]);
    expect(queryAllTexts("section h2 .text-muted:visible")).toEqual(["Comptoir", "Elsewhere"]);
});

test("the process page opens the steps that hold orders, and only those", async () => {
    onRpc("adv.process", "open_figure", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    const step = { owner: "Logistics", value: "", median: "", oldest: "" };
    await openPage("adv_process", [
        {
            company_id: 1,
            name: "Comptoir",
            is_empty: false,
            steps: [
                { ...step, key: "confirmed", label: "Confirmed", count: 3, median: "2 d 0 h" },
                { ...step, key: "held", label: "Held", count: 0 },
            ],
        },
    ]);
    expect("tr[data-key=held] button").toHaveCount(0);
    await contains("tr[data-key=confirmed] button").click();
    expect.verifySteps([[1, "confirmed"]]);
});
