import { serializeDate } from "@web/core/l10n/dates";
import { NOUNS } from "../filters/filter_nouns";
import { packPeriod, periodBetween, unpackPeriod } from "../periods";

/**
 * What of the dashboard stands in the address of the browser: what is chosen, so that it can be loaded again
 * or sent to a colleague. The reader's own first page does not: it is their own.
 */

const COMPARISONS = ["previous_year", "previous_period"];
const KEYS = NOUNS.map((noun) => `${noun}_ids`);

/**
 * @param {{ period: Period, comparison: string|false, page: string, filters: Object }} shown
 * @returns {Object} keys of the address; those without value are taken off
 */
export function toAddress({ period, comparison, page, filters }) {
    return {
        from: serializeDate(period.from),
        to: serializeDate(period.to),
        vs: comparison || "none",
        page,
        ...Object.fromEntries(KEYS.map((key) => [key, filters[key]?.join(",") || undefined])),
    };
}

/**
 * @param {Object} keys of an address, as anybody may have written them
 * @returns {{ period, comparison, page, filters }|null} null without a period
 */
export function fromAddress({ from, to, vs, page, ...others }) {
    const period = from && to && periodBetween(String(from), String(to));
    if (!period) {
        return null;
    }
    const filters = KEYS.map((key) => [key, String(others[key] ?? "").match(/\d+/g)]);
    return {
        period,
        comparison: COMPARISONS.includes(vs) ? vs : vs !== "none" && COMPARISONS[0],
        page,
        filters: Object.fromEntries(
            filters.filter(([, ids]) => ids).map(([key, ids]) => [key, ids.map(Number)])
        ),
    };
}

/** What is shown as plain values: what the browser's history keeps. */
export function pack({ period, ...rest }) {
    return JSON.parse(JSON.stringify({ ...rest, period: packPeriod(period) }));
}

export function unpack({ period, ...rest }) {
    return { ...rest, period: unpackPeriod(period) };
}
