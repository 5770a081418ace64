import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { FindOrder } from "@adv_orders/find_order/find_order";

defineMailModels();

const ROW = {
    id: 7,
    name: "S00007",
    reference: "BC-77",
    customer: "Dupont",
    by: "order",
    state: "confirmed",
    state_label: "Confirmed",
    received: "2026-11-02",
    promised: "2026-11-20",
    delivered: false,
    deliveries: ["WH/OUT/00012"],
    invoices: [],
    requests: 1,
};

const mount = async () =>
    mountWithCleanup(FindOrder, {
        env: await makeMockEnv({ config: getDefaultConfig() }),
        props: { action: {}, actionId: 1, updateActionState: () => {}, className: "" },
    });

test("says what may be typed, and searches from three characters on", async () => {
    const asked = [];
    onRpc("adv.order.finder", "find", ({ args }) => {
        asked.push(args[0]);
        return [ROW];
    });
    await mount();
    expect(".o_adv_find_message").toHaveText(/Type an order number/);
    await contains(".o_adv_find_query").edit("BC", { confirm: false });
    await advanceTime(300);
    expect(asked).toEqual([]);
    await contains(".o_adv_find_query").edit("BC-77", { confirm: false });
    await advanceTime(300);
    await animationFrame();
    expect(asked).toEqual(["BC-77"]);
    expect(queryAllTexts(".o_adv_find_open")).toEqual(["S00007"]);
    expect(".o_adv_find_row").toHaveText(/BC-77/);
    expect(".o_adv_find_row").toHaveText(/WH\/OUT\/00012/);
    expect(".o_adv_find_row .badge").toHaveText("Confirmed");
});

test("nothing found is said", async () => {
    onRpc("adv.order.finder", "find", () => []);
    await mount();
    await contains(".o_adv_find_query").edit("nothing", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect(".o_adv_find_message").toHaveText("No order found.");
});

test("opens the order and the dialog that logs the call", async () => {
    const done = [];
    mockService("action", {
        doAction(action) {
            done.push([action.res_model, action.res_id || action.context.default_order_id]);
        },
    });
    onRpc("adv.order.finder", "find", () => [ROW]);
    await mount();
    await contains(".o_adv_find_query").edit("S00007", { confirm: false });
    await advanceTime(300);
    await animationFrame();
    await contains(".o_adv_find_open").click();
    await contains(".o_adv_find_log").click();
    expect(done).toEqual([
        ["sale.order", 7],
        ["adv.request.log", 7],
    ]);
});
