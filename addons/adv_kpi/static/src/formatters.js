import { _t } from "@web/core/l10n/translation";
import { formatFloat, humanNumber } from "@web/core/utils/numbers";
import { formatCurrency } from "@web/core/currency";

const COMPACT_FROM = 100000;

/** Thousands are shown whole, millions and more with two decimals. */
function compactDecimals(value) {
    return Math.abs(value) >= 1000000 ? 2 : 0;
}

/**
 * Amount without needless decimals: compact when large.
 *
 * @param {number} value
 * @param {number} currencyId
 * @returns {string}
 */
function formatAmount(value, currencyId) {
    if (Math.abs(value) >= COMPACT_FROM) {
        const digits = [16, compactDecimals(value)];
        return formatCurrency(value, currencyId, { humanReadable: true, digits });
    }
    return formatCurrency(value, currencyId, { digits: [16, 0] });
}

/**
 * @param {number|null} value
 * @param {{ unit: string, decimals?: number }} kpi
 * @param {number} [currencyId]
 * @returns {string} value with its unit; a dash when there is none
 */
export function formatFigure(value, { unit, decimals = 0 }, currencyId) {
    if (value === null || value === undefined) {
        return "–";
    }
    switch (unit) {
        case "currency":
            return formatAmount(value, currencyId);
        case "percent":
            return `${formatFloat(value, { digits: [16, decimals] })}\u00a0%`;
        case "days":
            return _t("%s d", formatFloat(value, { digits: [16, decimals] }));
        case "hours":
            return _t("%s h", formatFloat(value, { digits: [16, decimals] }));
    }
    return Math.abs(value) >= COMPACT_FROM
        ? humanNumber(value, { decimals: compactDecimals(value) })
        : formatFloat(value, { digits: [16, decimals] });
}

/**
 * The value in full, for the tooltip.
 *
 * @param {number|null} value
 * @param {{ unit: string, decimals?: number }} kpi
 * @param {number} [currencyId]
 * @returns {string}
 */
export function formatExact(value, kpi, currencyId) {
    if (value === null || value === undefined) {
        return _t("Nothing to measure in this period");
    }
    if (kpi.unit === "currency") {
        return formatCurrency(value, currencyId);
    }
    if (kpi.unit === "count") {
        return formatFloat(value, { digits: [16, 0] });
    }
    return formatFigure(value, { ...kpi, decimals: 2 }, currencyId);
}

/**
 * @param {{ difference: number, percent: number|null }|null} change
 * @param {{ unit: string, decimals?: number }} kpi
 * @param {number} [currencyId]
 * @returns {string} the change with its sign; empty when there is no base to compare with
 */
export function formatChange(change, kpi, currencyId) {
    if (!change) {
        return "";
    }
    const { difference, percent } = change;
    if (!difference) {
        return _t("unchanged");
    }
    // what is nothing with the decimals shown is no change
    const signed = (value, text) =>
        /[1-9]/.test(text) ? (value > 0 ? `+${text}` : text) : _t("unchanged");
    if (percent !== null) {
        const digits = Math.abs(percent) < 10 ? 1 : 0;
        return signed(percent, `${formatFloat(percent, { digits: [16, digits] })}\u00a0%`);
    }
    if (kpi.unit === "percent") {
        return signed(difference, _t("%s pt", formatFloat(difference, { digits: [16, 1] })));
    }
    return signed(difference, formatFigure(difference, kpi, currencyId));
}
