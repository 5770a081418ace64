"""axe-core (npm, a development tool) reads our screens in the browser: nothing serious may be left.

What is Odoo's own, such as the lists and the search bar around our parts, is not judged.
"""

import json
import os
from unittest.mock import patch

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
# Odoo's own component, inside our dialog
NATIVE = ".o-autocomplete"

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
    const read = async (name, selector) => {
        const part = { include: [selector], exclude: [NATIVE] };
        const { violations } = await axe.run(part, {
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
        await read(name, part);
    }
    await action.doAction(Object.keys(SCREENS)[0], { clearBreadcrumbs: true });
    await until(".o_adv_kpi_card");
    for (const button of DIALOGS) {
        document.querySelector(button).click();
        await until(".modal-body");
        await read(button, ".modal-body");
        document.querySelector(".modal .btn-close").click();
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const page of PAGES) {
        document.querySelector(`[data-page=${page}]`).click();
        await until(`[data-page=${page}].active`);
        await read(page, ".o_adv_kpi_dashboard");
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
    def test_nothing_serious(self):
        try:
            folder, _node = node.ensure()
        except ui.Problem as problem:
            if os.environ.get("ADV_REQUIRE_BROWSER"):
                raise
            self.skipTest(str(problem))
        axe = (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        names = {"SCREENS": SCREENS, "PAGES": PAGES, "DIALOGS": DIALOGS, "TAGS": TAGS, "NATIVE": NATIVE}
        constants = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in names.items())
        run = ChromeBrowser._wait_code_ok

        def run_with_axe(browser, *args, **kwargs):
            browser._websocket_request("Runtime.evaluate", params={"expression": axe})
            return run(browser, *args, **kwargs)

        with patch.object(ChromeBrowser, "_wait_code_ok", run_with_axe):
            self.browser_js(
                "/odoo/adv-dashboard", f"{{{constants}{SCRIPT}}}", "odoo.isReady", login="admin", timeout=120
            )
