import { expect, test } from "@odoo/hoot";
import { edit, unload } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class PaymentPromise extends models.Model {
    _name = "adv.payment.promise";
    amount = fields.Float();
    _records = [{ id: 1, amount: 5 }];
    _views = { form: `<form js_class="adv_dialog_form"><field name="amount"/></form>` };
}

defineModels({ ...mailModels, PaymentPromise });

async function openDialog(values = {}) {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        res_model: "adv.payment.promise",
        views: [[false, "form"]],
        target: "new",
        ...values,
    });
}

/** Leave the page; tells whether the browser asks first. */
async function leave() {
    const [event] = await unload();
    await animationFrame();
    return event.defaultPrevented;
}

test("a new record that nobody touched is not saved by leaving its dialog", async () => {
    await openDialog();
    expect(await leave()).toBe(false);
    expect.verifySteps([]);
});

test("what was typed is asked about, and saved by the button alone", async () => {
    await openDialog();
    await contains(".modal [name=amount] input").click();
    await edit("12");
    expect(await leave()).toBe(true);
    expect.verifySteps([]);
    await contains(".modal .o_form_button_save").click();
    expect.verifySteps([{ amount: 12 }]);
});

test("a record that is there already is saved as everywhere", async () => {
    await openDialog({ res_id: 1 });
    await contains(".modal [name=amount] input").edit("7");
    await leave();
    expect.verifySteps([{ amount: 7 }]);
});
