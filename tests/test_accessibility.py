"""axe-core (npm, a development tool) reads our screens in the browser: nothing serious may be left.

What is Odoo's own, such as the lists and the search bar around our parts, is not judged. One browser reads
all: the screens, the parts of records' forms that are ours, and, in a frame, the pages of the portal.
"""

import json
import os
from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

from engine import node, ui

# action -> (what is there once it is drawn, the part of the screen that is ours)
SCREENS = {
    "adv_kpi.action_adv_kpi_dashboard": (".o_adv_kpi_card", ".o_adv_kpi_dashboard"),
    "adv_orders.action_morning": (".o_adv_morning", ".o_adv_morning"),
    "adv_orders.action_process": (".o_adv_process", ".o_adv_process"),
}
PAGES = ("service", "analysis", "trends")
DIALOGS = (".o_adv_kpi_label", ".o_adv_filter")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
# Odoo's own: a component inside our dialog; of the portal the way back and the messages
NATIVE = [".o-autocomplete"]
PORTAL_NATIVE = [".o_portal_submenu", ".o_portal_chatter", "#adv_request_communication"]
# our parts of a form
QUOTATION = [".o_adv_order_timeline", ".o_adv_checks_panel"]
ORDER = [".o_adv_order_timeline", "[name=adv_actions]"]
DESK = [".o_adv_call_desk"]

SCRIPT = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const found = [];
    const until = async (selector) => {
        for (let turn = 0; turn < 200; turn++) {
            if (document.querySelector(selector) && !document.querySelector("[aria-busy=true]")) {
                return;
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`${selector} did not come`);
    };
    const read = async (name, include, exclude = NATIVE, page = window) => {
        const { violations } = await page.axe.run({ include, exclude }, {
            resultTypes: ["violations"],
            runOnly: { type: "tag", values: TAGS },
        });
        for (const { id, impact, nodes } of violations) {
            if (["serious", "critical"].includes(impact)) {
                found.push(...nodes.map(({ html }) => `${name}: ${id}: ${html.slice(0, 200)}`));
            }
        }
    };
    for (const [name, [drawn, part]] of Object.entries(SCREENS)) {
        await action.doAction(name, { clearBreadcrumbs: true });
        await until(drawn);
        await read(name, [part]);
    }
    await action.doAction(Object.keys(SCREENS)[0], { clearBreadcrumbs: true });
    await until(".o_adv_kpi_card");
    for (const button of DIALOGS) {
        document.querySelector(button).click();
        await until(".modal-body");
        await read(button, [".modal-body"]);
        document.querySelector(".modal .btn-close").click();
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const page of PAGES) {
        document.querySelector(`[data-page=${page}]`).click();
        await until(`[data-page=${page}].active`);
        await read(page, [".o_adv_kpi_dashboard"]);
    }
    for (const [model, id, parts] of FORMS) {
        await action.doAction(
            { type: "ir.actions.act_window", res_model: model, res_id: id, views: [[false, "form"]] },
            { clearBreadcrumbs: true }
        );
        await until(".o_form_view");
        for (const part of parts) {
            await until(part);
        }
        await read(model, parts);
    }
    const frame = document.createElement("iframe");
    frame.style = "width: 1200px; height: 900px";
    document.body.append(frame);
    for (const address of PAGES_OF_PORTAL) {
        frame.src = address;
        await new Promise((resolve) => (frame.onload = resolve));
        frame.contentWindow.eval(AXE);
        await read(address, ["#wrap"], PORTAL_NATIVE, frame.contentWindow);
    }
    if (found.length) {
        console.error(found.join("\\n"));
    } else {
        console.log("test successful");
    }
})().catch((error) => console.error(error.message));
"""


@tagged("post_install", "-at_install")
class TestAccessibility(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env.ref("base.user_admin").partner_id.commercial_partner_id
        product = cls.env["product.product"].create({"name": "Chair", "is_storable": True, "taxes_id": False})
        cls.env.company.adv_check_mode = "enforce"
        # nothing is to be settled on the order; the quotation gives its goods away
        cls.order, cls.quotation = cls.env["sale.order"].create(
            [
                {
                    "partner_id": cls.customer.id,
                    "order_line": [Command.create({"product_id": product.id, "price_unit": price})],
                }
                for price in (10, 0)
            ]
        )
        cls.order._adv_set_facts({"state": "sale"})
        cls.quotation._adv_run_checks()
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": cls.env.company._adv_today() - timedelta(days=60),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Chair", "price_unit": 100, "tax_ids": False})],
            }
        )
        cls.invoice.action_post()
        cls.request = cls.env["adv.request"].create(
            {"name": "When?", "partner_id": cls.customer.id, "order_id": cls.order.id}
        )
        # sudo: statistics have no other writer than the server
        cls.stats = (
            cls.env["adv.receivable.stats"]
            .sudo()
            ._adv_create([{"partner_id": cls.customer.id, "company_id": cls.env.company.id}])
        )

    def _constants(self):
        owed = f"company_id={self.env.company.id}&currency_id={self.env.company.currency_id.id}"
        return {
            "SCREENS": SCREENS,
            "PAGES": PAGES,
            "DIALOGS": DIALOGS,
            "TAGS": TAGS,
            "NATIVE": NATIVE,
            "PORTAL_NATIVE": PORTAL_NATIVE,
            "FORMS": [
                ["sale.order", self.quotation.id, QUOTATION],
                ["adv.receivable.stats", self.stats.id, DESK],
                ["sale.order", self.order.id, ORDER],
            ],
            "PAGES_OF_PORTAL": [
                "/my/requests",
                f"/my/requests/{self.request.id}",
                f"/my/orders/{self.order.id}/ask",
                "/my/statement",
                f"/my/statement/paid?{owed}",
                f"/my/statement/contest/{self.invoice.id}",
            ],
        }

    def test_nothing_serious(self):
        try:
            folder, _node = node.ensure()
        except ui.Problem as problem:
            if os.environ.get("ADV_REQUIRE_BROWSER"):
                raise
            self.skipTest(str(problem))
        axe = (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        constants = "".join(
            f"const {name} = {json.dumps(value)};\n" for name, value in self._constants().items()
        )
        run = ChromeBrowser._wait_code_ok

        def run_with_axe(browser, *args, **kwargs):
            # for this page, and as a text for the frame
            for expression in (axe, f"window.AXE = {json.dumps(axe)}"):
                browser._websocket_request("Runtime.evaluate", params={"expression": expression})
            return run(browser, *args, **kwargs)

        with patch.object(ChromeBrowser, "_wait_code_ok", run_with_axe):
            self.browser_js(
                "/odoo/adv-dashboard", f"{{{constants}{SCRIPT}}}", "odoo.isReady", login="admin", timeout=120
            )
