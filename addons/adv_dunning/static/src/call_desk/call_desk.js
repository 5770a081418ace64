import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The screen a collector calls from: open items to tick, what happened, what to say, and the next step. */
export class CallDesk extends Component {
    static template = "adv_dunning.CallDesk";
    static props = { ...standardWidgetProps };

    static icons = {
        notice: "fa-envelope-o",
        promise: "fa-handshake-o",
        dispute: "fa-gavel",
        receipt: "fa-check text-success",
        message: "fa-comment-o",
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({
            items: [],
            timeline: [],
            script: "",
            phone: "",
            note: "",
            ticked: {},
        });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((nextProps) => {
            if (nextProps.record.resId !== this.shownId) {
                return this.load(nextProps.record.resId);
            }
        });
    }

    async load(resId) {
        this.shownId = resId;
        const desk = resId
            ? await this.orm.call("adv.receivable.stats", "get_desk", [[resId]])
            : { items: [], timeline: [], script: "", phone: "" };
        if (this.shownId === resId) {
            Object.assign(this.state, desk, { ticked: {} });
        }
    }

    get tickedIds() {
        return this.state.items.map((item) => item.id).filter((id) => this.state.ticked[id]);
    }

    get claimable() {
        return this.state.items.filter((item) => item.claimable);
    }

    get isAllTicked() {
        return this.claimable.length > 0 && this.tickedIds.length === this.claimable.length;
    }

    tick(item) {
        this.state.ticked[item.id] = !this.state.ticked[item.id];
    }

    tickAll() {
        const ticked = !this.isAllTicked;
        this.state.ticked = Object.fromEntries(this.claimable.map((item) => [item.id, ticked]));
    }

    /**
     * Run one of the customer's actions on what is ticked; its dialog returns here, to the same button.
     *
     * @param {MouseEvent} ev
     * @param {string} name public method of adv.receivable.stats
     * @param {boolean} withItems whether it is about the ticked items
     */
    async run(ev, name, withItems = false) {
        const button = ev.currentTarget;
        const resId = this.shownId;
        const args = withItems ? [[resId], this.tickedIds] : [[resId]];
        const action = await this.orm.call("adv.receivable.stats", name, args);
        await this.action.doAction(action, {
            onClose: async () => {
                await this.refresh();
                button.focus();
            },
        });
    }

    /** Copy where the customer pays what is ticked, else all that is overdue, one link a line. */
    async copyPayLinks() {
        const links = await this.orm.call("adv.receivable.stats", "get_pay_links", [
            [this.shownId],
            this.tickedIds,
        ]);
        const text = links.map((link) => `${link.name} ${link.url}`).join("\n");
        if (!links.length) {
            this.notification.add(_t("Nothing of this can be paid online."), { type: "info" });
            return;
        }
        try {
            await browser.navigator.clipboard.writeText(text);
            const names = links.map((link) => link.name).join(", ");
            this.notification.add(_t("Copied: where to pay %s", names), { type: "success" });
        } catch {
            // Without a secure connection the browser hands no clipboard out: show it to copy by hand.
            this.notification.add(text, { title: _t("Where to Pay"), type: "info", sticky: true });
        }
    }

    /** Enter writes the note down and empties the field. */
    async onNoteKeydown(ev) {
        const body = this.state.note.trim();
        if (ev.key === "Enter" && body) {
            ev.preventDefault();
            this.state.note = ev.target.value = "";
            await this.orm.call("adv.receivable.stats", "action_note", [[this.shownId], body]);
            await this.load(this.shownId);
        }
    }

    async refresh() {
        await this.props.record.load();
        await this.load(this.props.record.resId);
    }

    openDocument(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openEvent(event) {
        return this.openDocument(event.model, event.res_id);
    }

    canOpen(event) {
        return event.model && event.model !== "mail.message";
    }

    day(date) {
        return date ? formatDate(deserializeDate(date)) : "";
    }

    icon(event) {
        return CallDesk.icons[event.kind];
    }
}

export const callDesk = { component: CallDesk };

registry.category("view_widgets").add("adv_call_desk", callDesk);
