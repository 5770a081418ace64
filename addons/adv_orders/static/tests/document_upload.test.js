import { expect, test } from "@odoo/hoot";
import { setInputFiles } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";

class AdvDocument extends models.Model {
    _name = "adv.document";
    name = fields.Char();
    _records = [{ id: 1, name: "Our order" }];
}

defineModels({ ...mailModels, AdvDocument });

test("a file chosen with the button becomes a document of the inbox", async () => {
    onRpc("ir.attachment", "create", ({ args }) => {
        expect.step(args[0][0].name);
        return [99];
    });
    onRpc("adv.document", "create_document_from_attachment", ({ args }) => {
        expect.step(args[1]);
        return { type: "ir.actions.client", tag: "soft_reload" };
    });
    mockService("action", {
        doAction(action) {
            expect.step(action.tag);
        },
    });
    await mountView({
        type: "list",
        resModel: "adv.document",
        arch: `<list js_class="adv_document_upload_list" create="0"><field name="name"/></list>`,
    });
    await contains("button:contains(Upload)").click();
    await setInputFiles([new window.File(["test"], "order.xml", { type: "text/xml" })]);
    await expect.waitForSteps(["order.xml", [99], "soft_reload"]);
});
