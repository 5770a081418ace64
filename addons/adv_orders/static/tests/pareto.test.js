import { describe, expect, test } from "@odoo/hoot";
import { cumulativeShare } from "@adv_orders/pareto/pareto_share";

describe.current.tags("headless");

test("10, 6 and 4 of 20 reach 50, 80 and 100 %", () => {
    expect(cumulativeShare([[10, 6, 4]])).toEqual([50, 80, 100]);
});

test("stacked series count together", () => {
    expect(
        cumulativeShare([
            [4, 1],
            [2, 1],
        ])
    ).toEqual([75, 100]);
});

test("a share of nothing, or with negative values, means nothing", () => {
    expect(cumulativeShare([])).toBe(null);
    expect(cumulativeShare([[0, 0]])).toBe(null);
    expect(cumulativeShare([[5, -1]])).toBe(null);
});
