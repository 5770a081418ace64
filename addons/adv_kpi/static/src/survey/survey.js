import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFigure } from "../formatters";

/**
 * What customers answered: each score with how many gave it and its interval, and their comments by theme.
 */
export class KpiSurvey extends Component {
    static template = "adv_kpi.Survey";
    static props = {
        period: { type: Object },
        filters: { type: Object, optional: true },
        onOpen: { type: Function },
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ data: {} });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ filters = {}, period }) {
        const key = JSON.stringify([serializeDate(period.from), serializeDate(period.to), filters]);
        if (key === this.loaded) {
            return;
        }
        this.loaded = key;
        this.state.data = await this.keepLast.add(
            this.orm.call("adv.kpi", "get_survey_details", JSON.parse(key))
        );
    }

    /** Nobody was asked and nobody answered: the survey may not be on yet. */
    get isEmpty() {
        return !this.state.data.asked && !this.rows.length;
    }

    get responses() {
        const { answered, asked, response_rate } = this.state.data;
        return _t("%(answered)s of %(asked)s asked have answered (%(rate)s).", {
            answered,
            asked,
            rate: formatFigure(response_rate, { unit: "percent" }),
        });
    }

    get rows() {
        const { csat, items = [], nps } = this.state.data;
        const percent = { unit: "percent", decimals: 1 };
        const score = { unit: "score", decimals: 2 };
        const row = (label, details, kpi) =>
            details && {
                label,
                count: details.n,
                value: formatFigure(details.value, kpi),
                interval: this.interval(details, kpi),
            };
        return [
            row(_t("Satisfied customers"), csat, percent),
            row(_t("Promoters minus detractors"), nps, percent),
            ...items.map((item) => row(item.label, item, score)),
        ].filter(Boolean);
    }

    /** One answer says nothing of how much they differ. */
    interval({ low, high }, kpi) {
        return low === null ? "–" : `${formatFigure(low, kpi)} – ${formatFigure(high, kpi)}`;
    }

    get themes() {
        return this.state.data.themes || [];
    }
}
