import { expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import {
    shortDay,
    timelineOutlook,
    timelineSteps,
} from "@adv_orders/order_timeline/order_timeline";

const { DateTime } = luxon;

function statuses(data, now) {
    return timelineSteps(data, DateTime.fromISO(now)).map((step) => step.status);
}

test("a new order has only been received", () => {
    const data = { adv_received_date: DateTime.fromISO("2026-03-02T08:31:00") };
    expect(statuses(data, "2026-03-02T09:00:00")).toEqual([
        "done",
        "open",
        "open",
        "open",
        "open",
        "open",
    ]);
});

test("a promise is late only after its day", () => {
    const data = { adv_promise_date: DateTime.fromISO("2026-03-05T10:00:00") };
    expect(statuses(data, "2026-03-05T23:00:00")[3]).toBe("open");
    expect(statuses(data, "2026-03-06T00:01:00")[3]).toBe("late");
});

test("a delivered order is judged by the server", () => {
    const data = {
        adv_promise_date: DateTime.fromISO("2026-03-05T10:00:00"),
        adv_delivered_date: DateTime.fromISO("2026-03-06T10:00:00"),
        adv_is_on_time: false,
    };
    expect(statuses(data, "2026-04-01T00:00:00")[3]).toBe("late");
    expect(statuses({ ...data, adv_is_on_time: true }, "2026-04-01T00:00:00")[3]).toBe("done");
});

test("a day is short, its year only told when it is another one", () => {
    const now = DateTime.fromISO("2026-03-02T09:00:00");
    expect(shortDay(DateTime.fromISO("2026-11-26T09:00:00", { locale: "en" }), now)).toBe("Nov 26");
    expect(shortDay(DateTime.fromISO("2025-12-01T09:00:00", { locale: "en" }), now)).toBe(
        "Dec 1, 2025"
    );
});

test("what we expect is said until the order is delivered", () => {
    const data = {
        adv_lateness: "at_risk",
        adv_expected_date: DateTime.fromISO("2026-03-06T10:00:00"),
    };
    expect(timelineOutlook(data).lateness).toBe("at_risk");
    expect(timelineOutlook(data).date.day).toBe(6);
    expect(timelineOutlook({})).toBe(false);
    expect(timelineOutlook({ ...data, adv_delivered_date: DateTime.now() })).toBe(false);
});

test("a promise is late as soon as we know it", () => {
    const data = {
        adv_promise_date: DateTime.fromISO("2026-03-05T10:00:00"),
        adv_lateness: "late",
    };
    expect(statuses(data, "2026-03-01T00:00:00")[3]).toBe("late");
});

class SaleOrder extends models.Model {
    _name = "sale.order";
    adv_received_date = fields.Datetime();
    adv_clean_date = fields.Datetime();
    adv_confirmed_date = fields.Datetime();
    adv_promise_date = fields.Datetime();
    adv_first_delivery_date = fields.Datetime();
    adv_delivered_date = fields.Datetime();
    adv_is_on_time = fields.Boolean();
    adv_shipped_share = fields.Float();
    adv_expected_date = fields.Datetime();
    adv_lateness = fields.Selection({
        selection: [
            ["on_track", "On track"],
            ["at_risk", "At risk"],
            ["late", "Late"],
        ],
    });
    _records = [
        {
            id: 1,
            adv_received_date: "2026-03-02 08:31:00",
            adv_promise_date: "2019-03-05 10:00:00",
            adv_expected_date: "2019-03-09 10:00:00",
            adv_lateness: "late",
        },
        { id: 2, adv_first_delivery_date: "2026-03-04 10:00:00", adv_shipped_share: 0.6 },
        {
            id: 3,
            adv_first_delivery_date: "2026-03-04 10:00:00",
            adv_delivered_date: "2026-03-05 10:00:00",
            adv_shipped_share: 1,
        },
    ];
}

defineModels({ ...mailModels, SaleOrder });

test("the widget shows the steps in one line and says what is late", async () => {
    await mountView({
        type: "form",
        resModel: "sale.order",
        resId: 1,
        arch: `<form><widget name="adv_order_timeline"/></form>`,
    });
    expect(".o_adv_order_timeline li").toHaveCount(7);
    expect("li[data-step=outlook]").toHaveAttribute("data-status", "late");
    expect("li[data-step=outlook]").toHaveText(/expected .*Mar 9, late/);
    expect("li[data-step=promised]").toHaveAttribute("data-status", "late");
    expect(queryAllTexts("li[data-status=late] .text-danger")).toInclude("late");
    expect(queryAll("li[tabindex='0']")).toHaveLength(7);
});

test("how much has left is told until all has", async () => {
    const mountTimeline = (resId) =>
        mountView({
            type: "form",
            resModel: "sale.order",
            resId,
            arch: `<form><widget name="adv_order_timeline"/></form>`,
        });
    await mountTimeline(2);
    expect("li[data-step=shipped]:last").toHaveText(/Shipped 60 %/);
    await mountTimeline(3);
    expect("li[data-step=shipped]:last").toHaveText(/First delivery/);
});
