/** A card as the server sends it; `values` replaces what a test is about. */
export function makeCard(values = {}) {
    const months = Array.from({ length: 13 }, (_, index) => ({
        date_from: `2025-${String((index % 12) + 1).padStart(2, "0")}-01`,
        date_to: `2025-${String((index % 12) + 1).padStart(2, "0")}-28`,
        value: index,
        numerator: index,
        denominator: null,
    }));
    return {
        id: 1,
        code: "order_count",
        name: "Orders",
        category: "productivity",
        unit: "count",
        direction: "up",
        decimals: 0,
        explanation: "Orders confirmed in the period.",
        value: 12,
        not_applicable: false,
        numerator: {
            value: 12,
            model: "sale.order",
            domain: [["state", "=", "sale"]],
            aggregate: "count",
        },
        denominator: null,
        base: 10,
        change: { difference: 2, percent: 20, is_better: true },
        target: null,
        series: months,
        ...values,
    };
}

/** The answer of `get_dashboard`. */
export function makeDashboard(cards, charts = {}, filter_models = {}) {
    return {
        filter_models,
        currency_id: 1,
        compared: { date_from: "2025-01-01", date_to: "2025-01-31" },
        can_see_closed: true,
        can_set_target: true,
        cards,
        charts: { error_types: [], aged: [], ...charts },
    };
}
