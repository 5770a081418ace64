import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { formatChange, formatExact, formatFigure } from "@adv_kpi/formatters";
import { periodLabel, periodOf, shiftPeriod } from "@adv_kpi/periods";

const { DateTime } = luxon;

describe.current.tags("headless");

test("figures carry their unit once", async () => {
    await makeMockEnv();
    expect(formatFigure(1234, { unit: "count" })).toBe("1,234");
    expect(formatFigure(94.12, { unit: "percent", decimals: 1 })).toBe("94.1\u00a0%");
    expect(formatFigure(46.6, { unit: "days", decimals: 0 })).toBe("47 d");
    expect(formatFigure(2.25, { unit: "hours", decimals: 1 })).toBe("2.3 h");
    expect(formatFigure(2.5, { unit: "ratio", decimals: 1 })).toBe("2.5");
    expect(formatFigure(1234.56, { unit: "currency" }, 1)).toBe("$\u00a01,235");
});

test("large numbers are compact", async () => {
    await makeMockEnv();
    expect(formatFigure(3420000, { unit: "currency" }, 1)).toBe("$\u00a03.42M");
    expect(formatFigure(412300, { unit: "currency" }, 1)).toBe("$\u00a0412k");
    expect(formatFigure(412300, { unit: "count" })).toBe("412k");
});

test("nothing to measure is a dash, never a zero", async () => {
    await makeMockEnv();
    expect(formatFigure(null, { unit: "percent" })).toBe("–");
    expect(formatExact(null, { unit: "percent" })).toBe("Nothing to measure in this period");
    expect(formatFigure(0, { unit: "percent", decimals: 1 })).toBe("0.0\u00a0%");
});

test("changes: percent of counts and amounts, points of percentages, days of days", async () => {
    await makeMockEnv();
    const change = (difference, percent) => ({ difference, percent });
    expect(formatChange(change(6, 6), { unit: "count" })).toBe("+6.0\u00a0%");
    expect(formatChange(change(-60, -60), { unit: "count" })).toBe("-60\u00a0%");
    expect(formatChange(change(-1.24, null), { unit: "percent" })).toBe("-1.2 pt");
    expect(formatChange(change(-3, null), { unit: "days" })).toBe("-3 d");
    expect(formatChange(change(5, null), { unit: "count" })).toBe("+5", { message: "zero base" });
    expect(formatChange(change(0, 0), { unit: "count" })).toBe("unchanged");
    expect(formatChange(change(0.04, null), { unit: "ratio", decimals: 1 })).toBe("unchanged");
    expect(formatChange(change(-0.04, null), { unit: "percent" })).toBe("unchanged");
    expect(formatChange(null, { unit: "count" })).toBe("");
});

test("periods are whole and move by their own length", async () => {
    await makeMockEnv();
    const february = periodOf("month", DateTime.local(2024, 2, 10));
    expect([february.from.toISODate(), february.to.toISODate()]).toEqual([
        "2024-02-01",
        "2024-02-29",
    ]);
    expect(shiftPeriod(february, 1).to.toISODate()).toBe("2024-03-31");
    expect(shiftPeriod(periodOf("quarter", DateTime.local(2024, 2, 10)), -1).from.toISODate()).toBe(
        "2023-10-01"
    );
    const custom = {
        kind: "custom",
        from: DateTime.local(2024, 2, 10),
        to: DateTime.local(2024, 2, 12),
    };
    const before = shiftPeriod(custom, -1);
    expect([before.from.toISODate(), before.to.toISODate()]).toEqual(["2024-02-07", "2024-02-09"]);
});

test("periods have readable names", async () => {
    await makeMockEnv();
    const day = DateTime.local(2024, 2, 10);
    expect(periodLabel(periodOf("month", day))).toBe("February 2024");
    expect(periodLabel(periodOf("quarter", day))).toBe("Q1 2024");
    expect(periodLabel(periodOf("year", day))).toBe("2024");
    expect(periodLabel({ kind: "custom", from: day, to: day })).toBe("02/10/2024 to 02/10/2024");
});
