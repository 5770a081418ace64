import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    patchTranslations,
} from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";

const PRICE = {
    key: "check-7",
    id: 7,
    title: "Line without price",
    message: "Chair has no price (lines: 1).",
    blocking: true,
    may_override: true,
    who: "ADV manager",
};
const STOCK = {
    key: "check-8",
    id: 8,
    title: "Not enough stock",
    message: "Chair: 60 ordered, 5 free.",
    blocking: false,
    may_override: false,
    who: "ADV manager",
};
const FINANCE = { key: "text-0", id: false, message: "Finance has to approve", blocking: true };

class SaleOrder extends models.Model {
    _name = "sale.order";
    adv_settle = fields.Json();
    _records = [
        { id: 1, adv_settle: [PRICE, STOCK, FINANCE] },
        { id: 2, adv_settle: [PRICE] },
        { id: 3, adv_settle: [] },
    ];
}

defineModels({ ...mailModels, SaleOrder });

async function mountPanel(resId) {
    await mountView({
        type: "form",
        resModel: "sale.order",
        resId,
        arch: `<form><widget name="adv_checks_panel"/></form>`,
    });
}

test("one line a thing, with what it is and who settles it", async () => {
    await mountPanel(1);
    expect(".o_adv_checks_title").toHaveText("3 things to settle");
    expect(".o_adv_checks_panel li").toHaveCount(3);
    expect("li[data-item=check-7]").toHaveAttribute("data-blocking", "1");
    expect("li[data-item=check-8]").toHaveAttribute("data-blocking", "0");
    expect(queryAllTexts("li[data-item=check-8] .text-muted")).toEqual(["Settled by ADV manager"]);
    expect("li[data-item=text-0]").toHaveText("Finance has to approve");
});

test("only who may override is offered to", async () => {
    await mountPanel(1);
    expect("li[data-item=check-7] .o_adv_override").toHaveCount(1);
    expect("li[data-item=check-8] .o_adv_override").toHaveCount(0);
    expect("li[data-item=check-8] .o_adv_see").toHaveCount(1);
    expect("li[data-item=text-0] button").toHaveCount(0);
});

test("nothing to settle, nothing shown", async () => {
    await mountPanel(3);
    expect(".o_adv_checks_panel").toHaveCount(0);
});

test("the labels are translated, with the typography of the language", async () => {
    patchTranslations({
        web: {
            "%(title)s:": "%(title)s :",
            "Override %s": "Forcer %s",
            "See %s": "Voir %s",
        },
    });
    await mountPanel(2);
    expect("li[data-item=check-7] strong").toHaveText("Line without price :");
    expect("li[data-item=check-7] .o_adv_see").toHaveAttribute(
        "aria-label",
        "Voir Line without price"
    );
    expect("li[data-item=check-7] .o_adv_override").toHaveAttribute(
        "aria-label",
        "Forcer Line without price"
    );
});

test("one thing is told in the singular", async () => {
    await mountPanel(2);
    expect(".o_adv_checks_title").toHaveText("1 thing to settle");
});

test("See and Override are buttons of the check's result", async () => {
    mockService("action", {
        doActionButton({ name, resModel, resId, context }) {
            expect.step(`${resModel} ${resId} ${name} ${context.lang}`);
        },
    });
    await mountPanel(1);
    await click("li[data-item=check-8] .o_adv_see");
    await animationFrame();
    await click("li[data-item=check-7] .o_adv_override");
    await animationFrame();
    expect.verifySteps([
        "adv.check.result 8 action_see en",
        "adv.check.result 7 action_open_override en",
    ]);
});

test("buttons are reached by the keyboard and say what they are about", async () => {
    await mountPanel(1);
    expect("li[data-item=check-7] .o_adv_override").toHaveAttribute(
        "aria-label",
        "Override Line without price"
    );
    expect(".o_adv_checks_panel button[tabindex='-1']").toHaveCount(0);
});
