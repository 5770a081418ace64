import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What is to be settled before an order can be confirmed, one thing a line. */
export class ChecksPanel extends Component {
    static template = "adv_orders.ChecksPanel";
    static props = { ...standardWidgetProps };

    get items() {
        return this.props.record.data.adv_settle || [];
    }

    get title() {
        const count = this.items.length;
        return count === 1 ? _t("1 thing to settle") : _t("%s things to settle", count);
    }

    icon(item) {
        return item.blocking ? "fa-ban text-danger" : "fa-exclamation-triangle text-warning";
    }

    kind(item) {
        return item.blocking ? _t("Stops the order") : _t("Warning");
    }

    /** French writes a space before the colon (a term of one letter, as "%s:", would not be exported). */
    lead(item) {
        return _t("%(title)s:", { title: item.title });
    }

    seeLabel(item) {
        return _t("See %s", item.title);
    }

    overrideLabel(item) {
        return _t("Override %s", item.title);
    }

    /** As a button of the form: the order is saved before, and read again after. */
    open(item, name) {
        return this.env.onClickViewButton({
            clickParams: { type: "object", name },
            getResParams: () => ({
                resModel: "adv.check.result",
                resId: item.id,
                resIds: [item.id],
                context: user.context,
            }),
        });
    }
}

export const checksPanel = {
    component: ChecksPanel,
    fieldDependencies: [{ name: "adv_settle", type: "json", readonly: true }],
};

registry.category("view_widgets").add("adv_checks_panel", checksPanel);
