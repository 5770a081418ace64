import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/**
 * A period as people choose it: a month, a quarter, a year, or any span of days.
 *
 * @typedef {{ kind: "month"|"quarter"|"year"|"custom", from: DateTime, to: DateTime }} Period
 */

export const KINDS = ["month", "quarter", "year"];

/**
 * @param {"month"|"quarter"|"year"} kind
 * @param {DateTime} [day] any day of the period
 * @returns {Period}
 */
export function periodOf(kind, day = DateTime.local()) {
    return { kind, from: day.startOf(kind), to: day.endOf(kind).startOf("day") };
}

/**
 * The period before or after; a custom one moves by its own length.
 *
 * @param {Period} period
 * @param {1|-1} step
 * @returns {Period}
 */
export function shiftPeriod({ kind, from, to }, step) {
    if (kind === "custom") {
        const days = (Math.round(to.diff(from, "days").days) + 1) * step;
        return { kind, from: from.plus({ days }), to: to.plus({ days }) };
    }
    return periodOf(kind, from.plus({ [kind]: step }));
}

/** A period as plain values, for the browser's history. */
export function packPeriod({ kind, from, to }) {
    return { kind, from: serializeDate(from), to: serializeDate(to) };
}

/**
 * @param {{ kind: string, from: string, to: string }} packed
 * @returns {Period}
 */
export function unpackPeriod({ kind, from, to }) {
    return { kind, from: deserializeDate(from), to: deserializeDate(to) };
}

/**
 * The period of some days: a month, a quarter or a year when it is a whole one.
 *
 * @param {string} first day, and `last` day: YYYY-MM-DD
 * @returns {Period|null} null when they make none
 */
export function periodBetween(first, last) {
    const [from, to] = [deserializeDate(first), deserializeDate(last)];
    if (!from.isValid || !to.isValid || to < from) {
        return null;
    }
    const whole = KINDS.map((kind) => periodOf(kind, from));
    const isSame = (period) => +period.from === +from && +period.to === +to;
    return whole.find(isSame) || { kind: "custom", from, to };
}

/**
 * @param {Period} period
 * @returns {string}
 */
export function periodLabel({ kind, from, to }) {
    switch (kind) {
        case "month": {
            const label = from.toFormat("LLLL yyyy");
            return label[0].toUpperCase() + label.slice(1);
        }
        case "quarter":
            return _t("Q%(quarter)s %(year)s", { quarter: from.quarter, year: from.year });
        case "year":
            return String(from.year);
    }
    return _t("%(from)s to %(to)s", { from: formatDate(from), to: formatDate(to) });
}
