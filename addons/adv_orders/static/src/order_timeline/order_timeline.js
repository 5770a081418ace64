import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Steps of an order's life, in one line.
 *
 * @param {Object} data values of the order's record
 * @param {luxon.DateTime} now
 * @returns {{name: string, label: string, date: luxon.DateTime|false, status: string}[]}
 *      status is "done", "late" or "open"
 */
export function timelineSteps(data, now) {
    const delivered = data.adv_delivered_date;
    const promise = data.adv_promise_date;
    const missed = delivered
        ? !data.adv_is_on_time
        : data.adv_lateness === "late" || (Boolean(promise) && promise.endOf("day") < now);
    const step = (name, label, date) => ({ name, label, date, status: date ? "done" : "open" });
    return [
        step("received", _t("Received"), data.adv_received_date),
        step("clean", _t("Clean"), data.adv_clean_date),
        step("confirmed", _t("Confirmed"), data.adv_confirmed_date),
        {
            name: "promised",
            label: _t("Promised"),
            date: promise,
            status: promise && missed ? "late" : delivered ? "done" : "open",
        },
        step("shipped", shippedLabel(data), data.adv_first_delivery_date),
        step("delivered", _t("Delivered"), delivered),
    ];
}

/** How much has left, once a part has: the first delivery alone says too little. */
function shippedLabel(data) {
    const partly = data.adv_first_delivery_date && !data.adv_delivered_date;
    return partly && data.adv_shipped_share
        ? _t("Shipped %s", `${Math.round(100 * data.adv_shipped_share)} %`)
        : _t("First delivery");
}

/**
 * What we expect of an order that is confirmed and not delivered yet, or nothing.
 *
 * @param {Object} data values of the order's record
 * @returns {{lateness: string, date: luxon.DateTime|false}|false}
 */
export function timelineOutlook(data) {
    return data.adv_lateness && !data.adv_delivered_date
        ? { lateness: data.adv_lateness, date: data.adv_expected_date }
        : false;
}

/**
 * A day as short as it can be: "Nov 26", with the year only when it is not this one.
 *
 * @param {luxon.DateTime} date
 * @param {luxon.DateTime} now
 */
export function shortDay(date, now) {
    const year = date.year === now.year ? {} : { year: "numeric" };
    return date.toLocaleString({ month: "short", day: "numeric", ...year });
}

export class OrderTimeline extends Component {
    static template = "adv_orders.OrderTimeline";
    static props = { ...standardWidgetProps };

    static icons = {
        done: "fa-check-circle text-success",
        late: "fa-exclamation-circle text-danger",
        open: "fa-circle-o text-muted",
    };

    static outlooks = {
        on_track: { icon: "fa-check text-success", color: "text-success" },
        at_risk: { icon: "fa-exclamation-triangle text-warning", color: "text-warning-emphasis" },
        late: { icon: "fa-exclamation-circle text-danger", color: "text-danger" },
    };

    get outlook() {
        return timelineOutlook(this.props.record.data);
    }

    get outlookStyle() {
        return OrderTimeline.outlooks[this.outlook.lateness];
    }

    get outlookText() {
        const day = this.outlook.date
            ? shortDay(this.outlook.date, luxon.DateTime.now())
            : _t("not known");
        return {
            on_track: _t("expected %s, on track", day),
            at_risk: _t("expected %s, at risk", day),
            late: _t("expected %s, late", day),
        }[this.outlook.lateness];
    }

    get steps() {
        return timelineSteps(this.props.record.data, luxon.DateTime.now());
    }

    icon(step) {
        return OrderTimeline.icons[step.status];
    }

    day(step) {
        return step.date ? shortDay(step.date, luxon.DateTime.now()) : "";
    }

    title(step) {
        const when = step.date ? formatDateTime(step.date) : _t("not yet");
        return step.status === "late"
            ? _t("%(step)s: %(when)s, late", { step: step.label, when })
            : _t("%(step)s: %(when)s", { step: step.label, when });
    }
}

const TIMELINE_FIELDS = [
    "adv_received_date",
    "adv_clean_date",
    "adv_confirmed_date",
    "adv_promise_date",
    "adv_expected_date",
    "adv_first_delivery_date",
    "adv_delivered_date",
];

export const orderTimeline = {
    component: OrderTimeline,
    fieldDependencies: [
        ...TIMELINE_FIELDS.map((name) => ({ name, type: "datetime", readonly: true })),
        { name: "adv_is_on_time", type: "boolean", readonly: true },
        { name: "adv_shipped_share", type: "float", readonly: true },
        {
            name: "adv_lateness",
            type: "selection",
            selection: [
                ["on_track", ""],
                ["at_risk", ""],
                ["late", ""],
            ],
            readonly: true,
        },
    ],
};

registry.category("view_widgets").add("adv_order_timeline", orderTimeline);
