import { expect, test } from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";

class Terms extends models.Model {
    _name = "adv.collection.terms";
    rate = fields.Float();
    _records = [
        { id: 1, rate: 0 },
        { id: 2, rate: 12.25 },
    ];
}

defineModels({ ...mailModels, Terms });

async function mountRate(resId) {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountView({
        type: "form",
        resModel: "adv.collection.terms",
        resId,
        arch: `<form><field name="rate" widget="adv_agreed_rate" placeholder="The rate of the law"/></form>`,
    });
}

test("where nothing is agreed, what holds is said instead of zero", async () => {
    await mountRate(1);
    expect(".o_field_widget[name=rate] input").toHaveValue("");
    expect(".o_field_widget[name=rate] input").toHaveAttribute(
        "placeholder",
        "The rate of the law"
    );
    await contains("[name=rate] input").edit("9.5");
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ rate: 9.5 }]);
});

test("an agreed rate is taken back by emptying it", async () => {
    await mountRate(2);
    expect(".o_field_widget[name=rate] input").toHaveValue("12.25");
    await contains("[name=rate] input").edit("");
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ rate: 0 }]);
});
