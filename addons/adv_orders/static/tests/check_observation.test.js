import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, select } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class AdvCheck extends models.Model {
    _name = "adv.check";
}

defineModels({ ...mailModels, AdvCheck });

const ROW = {
    id: 7,
    name: "Line without price",
    severity: "blocking",
    mode: "",
    effective: "observe",
    found: 12,
    corrected: 5,
    overridden: 0,
    amount: 3400,
    share: 0.06,
};

function page(values = {}) {
    return {
        orders: 200,
        currency_id: 1,
        can_switch: true,
        company_mode: "observe",
        rows: [ROW],
        ...values,
    };
}

async function openPage() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "adv_check_observation",
    });
}

test("one row a check, with its figures", async () => {
    onRpc("adv.check", "get_observation", ({ args }) => {
        expect.step(args[0]);
        return page();
    });
    await openPage();
    const texts = queryAllTexts(".o_adv_check_observation tbody td");
    expect(texts.slice(1, 3)).toEqual(["12", "6%"]);
    expect(texts[4]).toBe("5");
    expect("td[data-column=overridden] button").toHaveCount(0);
    await select("30", { target: "select[name=adv_period]" });
    await animationFrame();
    expect.verifySteps([14, 30]);
});

test("a check is switched from here", async () => {
    onRpc("adv.check", "get_observation", () => page());
    onRpc("adv.check", "write", ({ args }) => {
        expect.step(args);
        return true;
    });
    await openPage();
    await select("warn", { target: "tbody select" });
    await animationFrame();
    expect.verifySteps([[[7], { mode: "warn" }]]);
});

test("who may not switch reads what it does", async () => {
    onRpc("adv.check", "get_observation", () => page({ can_switch: false }));
    await openPage();
    expect("tbody select").toHaveCount(0);
    expect(queryAllTexts("tbody td").at(-1)).toBe("Observe");
});

test("a figure is a list", async () => {
    onRpc("adv.check", "get_observation", () => page());
    onRpc("adv.check", "action_open_observed", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    await openPage();
    await click("td[data-column=corrected] button");
    await animationFrame();
    expect.verifySteps([[[7], 14, "corrected"]]);
});

test("no order yet: what will appear here", async () => {
    onRpc("adv.check", "get_observation", () => page({ orders: 0, rows: [] }));
    await openPage();
    expect(".o_view_nocontent_smiling_face").toHaveText("No order was submitted in this period");
});

test("what departments would have been asked, each number a list", async () => {
    const rule = { id: 3, name: "Big orders", department: "Finance", orders: 4, amount: 9000 };
    onRpc("adv.check", "get_observation", () => page({ rules: [{ ...rule, changes: 2 }] }));
    onRpc("adv.approval.rule", "action_open_observed", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.client", tag: "adv_check_observation" };
    });
    await openPage();
    expect(queryAllTexts("[name=adv_observed_rules] tbody td[data-column]")).toEqual(["4", "2"]);
    await click("td[data-column=changes] button");
    await animationFrame();
    expect.verifySteps([[[3], 14, true]]);
});
