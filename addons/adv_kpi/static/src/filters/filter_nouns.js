import { _t } from "@web/core/l10n/translation";

export const NOUNS = ["team", "partner", "categ", "user", "assistant", "country"];

/**
 * The filters that the reader may use.
 *
 * @param {Object} models {noun: model}
 * @returns {{ noun: string, label: string, model: string, domain: Array }[]}
 */
export function filterNouns(models) {
    const nouns = [
        { noun: "team", label: _t("Sales team"), domain: [] },
        { noun: "partner", label: _t("Customer"), domain: [["parent_id", "=", false]] },
        { noun: "categ", label: _t("Product category"), domain: [] },
        { noun: "user", label: _t("Salesperson"), domain: [["share", "=", false]] },
        { noun: "assistant", label: _t("ADV assistant"), domain: [] },
        { noun: "country", label: _t("Country"), domain: [] },
    ];
    return nouns
        .filter(({ noun }) => models[noun])
        .map((filter) => ({ ...filter, model: models[filter.noun] }));
}

/** @returns {Object} the filters with something chosen, as the server takes them */
export function activeFilters(filters) {
    return Object.fromEntries(Object.entries(filters).filter(([, ids]) => ids.length));
}
