import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { mailModels } from "@mail/../tests/mail_test_helpers";

class Stats extends models.Model {
    _name = "adv.receivable.stats";
    name = fields.Char();
    _records = [
        { id: 1, name: "Alpha" },
        { id: 2, name: "Beta" },
    ];
}

defineModels({ ...mailModels, Stats });

const item = (id, name, values = {}) => ({
    id,
    move_id: id,
    name,
    ref: "",
    date_due: "2026-02-20",
    days: 10,
    amount: "100.00 €",
    claim: "100.00 €",
    claimable: true,
    level: "One",
    outcome: "chased",
    outcome_label: "Reminded",
    expected: "2026-03-10",
    ...values,
});

const DESK = {
    items: [
        item(11, "INV/1"),
        item(12, "INV/2"),
        item(13, "INV/3", { claimable: false, outcome: "disputed", outcome_label: "Disputed" }),
    ],
    timeline: [
        {
            key: "a",
            date: "2026-02-25",
            kind: "notice",
            title: "Reminder: One",
            detail: "300.00 €, Sent",
            model: "adv.dunning.notice",
            res_id: 5,
        },
    ],
    script: "Good morning",
    phone: "",
};

async function mountDesk(desk = DESK, options = {}) {
    onRpc("get_desk", () => desk);
    await mountView({
        type: "form",
        resModel: "adv.receivable.stats",
        resId: 1,
        arch: `<form><field name="name"/><widget name="adv_call_desk"/></form>`,
        ...options,
    });
}

test("open items, what happened and what to say are on one screen", async () => {
    await mountDesk();
    expect(queryAllTexts(".o_adv_call_desk tbody tr td:nth-child(2) a")).toEqual([
        "INV/1",
        "INV/2",
        "INV/3",
    ]);
    expect(".o_adv_timeline li").toHaveCount(1);
    expect(".o_adv_script").toHaveText("Good morning");
});

test("only what can be claimed is ticked, and the promise is about it", async () => {
    const calls = [];
    onRpc("action_promise", ({ args }) => {
        calls.push(args);
        return { type: "ir.actions.act_window_close" };
    });
    mockService("action", { doAction: () => {} });
    await mountDesk();
    expect("tbody input[type=checkbox]").toHaveCount(2);
    await contains(".o_adv_tick_all").click();
    expect("tbody input[type=checkbox]:checked").toHaveCount(2);
    await contains("tbody tr:first-child input").click();
    await contains("button[name=promise]").click();
    expect(calls).toEqual([[[1], [12]]]);
});

test("without ticks the server chooses", async () => {
    onRpc("action_dispute", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    mockService("action", { doAction: () => {} });
    await mountDesk();
    await contains("button[name=dispute]").click();
    expect.verifySteps([[[1], []]]);
});

test("the screen is read again when a dialog closes", async () => {
    let desk = DESK;
    onRpc("get_desk", () => desk);
    onRpc("action_call", () => ({ type: "ir.actions.act_window_close" }));
    mockService("action", {
        doAction: (action, options) => {
            desk = { ...DESK, items: [] };
            options.onClose();
        },
    });
    await mountView({
        type: "form",
        resModel: "adv.receivable.stats",
        resId: 1,
        arch: `<form><field name="name"/><widget name="adv_call_desk"/></form>`,
    });
    await contains("button[name=call]").click();
    await animationFrame();
    expect(".o_adv_call_desk [name=items] p").toHaveText(/nothing to call about/);
    expect("button[name=call]").toBeFocused({ message: "one goes on where one was" });
});

test("the pager shows the next customer's items", async () => {
    onRpc("get_desk", ({ args }) =>
        args[0][0] === 1 ? DESK : { ...DESK, items: [item(21, "INV/9")] }
    );
    await mountView({
        type: "form",
        resModel: "adv.receivable.stats",
        resId: 1,
        resIds: [1, 2],
        arch: `<form><field name="name"/><widget name="adv_call_desk"/></form>`,
    });
    await contains(".o_pager_next").click();
    await animationFrame();
    expect(queryAllTexts(".o_adv_call_desk tbody a")).toEqual(["INV/9"]);
});

test("an empty screen says what will be there", async () => {
    await mountDesk({ items: [], timeline: [], script: "", phone: "" });
    expect(".o_adv_call_desk [name=items] p").toHaveCount(1);
    expect(".o_adv_call_desk [name=timeline] p").toHaveText(/will appear here/);
    expect(".o_adv_script").toHaveCount(0);
});

test("a note is one Enter away", async () => {
    onRpc("action_note", ({ args }) => {
        expect.step(args);
        return true;
    });
    await mountDesk();
    await contains("input[name=note]").edit("They call back on Monday", { confirm: "enter" });
    await animationFrame();
    expect.verifySteps([[[1], "They call back on Monday"]]);
    expect("input[name=note]").toHaveValue("");
});

test("where to pay what is ticked is copied, one link a line", async () => {
    onRpc("get_pay_links", ({ args }) => {
        expect.step(args);
        return [
            { name: "INV/1", url: "https://example.com/1", amount: "100.00 €" },
            { name: "INV/2", url: "https://example.com/2", amount: "100.00 €" },
        ];
    });
    patchWithCleanup(browser.navigator.clipboard, {
        writeText: (text) => expect.step(text),
    });
    await mountDesk();
    await contains(".o_adv_tick_all").click();
    await contains("button[name=pay_link]").click();
    await animationFrame();
    expect.verifySteps([
        [[1], [11, 12]],
        "INV/1 https://example.com/1\nINV/2 https://example.com/2",
    ]);
});

test("nothing to pay is said, not copied", async () => {
    onRpc("get_pay_links", () => []);
    mockService("notification", { add: (message) => expect.step(String(message)) });
    await mountDesk();
    await contains("button[name=pay_link]").click();
    await animationFrame();
    expect.verifySteps(["Nothing of this can be paid online."]);
});
