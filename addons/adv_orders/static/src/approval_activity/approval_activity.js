import { Activity } from "@mail/core/web/activity";
import { patch } from "@web/core/utils/patch";

/** An activity that asks for an approval is done by the decision: its buttons are Approve and Refuse. */
patch(Activity.prototype, {
    async onClickApprove() {
        await this.decide("action_adv_approve");
    },

    async onClickRefuse() {
        await this.decide("action_adv_refuse");
    },

    async decide(method) {
        const thread = this.thread;
        const { action, orm } = this.env.services;
        const next = await orm.call("mail.activity", method, [[this.props.activity.id]]);
        const reload = async () => {
            this.props.onActivityChanged(thread);
            await thread.fetchNewMessages();
        };
        if (next?.type) {
            await action.doAction(next, { onClose: reload });
        } else {
            await reload();
        }
        this.props.reloadParentView();
    },
});
