import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { formView } from "@web/views/form/form_view";

/**
 * A form that writes something new down in a dialog: its buttons save, going elsewhere does not.
 *
 * Odoo saves any form when its page is left, also a new record that nobody touched: a target of nothing, a
 * payment that no customer announced. What was typed is asked about by the browser.
 */
export class DialogFormController extends formView.Controller {
    setup() {
        super.setup();
        useBus(this.model.bus, "FIELD_IS_DIRTY", (ev) => (this.isTyping = ev.detail));
    }

    async beforeUnload(ev) {
        if (!this.env.inDialog || !this.model.root.isNew) {
            return super.beforeUnload(ev);
        }
        if (this.model.root.dirty || this.isTyping) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }
}

registry.category("views").add("adv_dialog_form", {
    ...formView,
    Controller: DialogFormController,
});
