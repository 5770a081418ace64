import time
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

SECONDS = 20
# key: (code of the key, text that it writes)
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), "ArrowDown": (40, ""), "b": (66, "")}
ALT = 1


class Keyboard:
    """A person without a mouse: presses real keys in the browser and looks at what has the focus."""

    def __init__(self, test, browser):
        self._test = test
        self._browser = browser

    def _send(self, method, **params):
        return self._browser._websocket_request(method, params=params)

    def read(self, script):
        answer = self._send("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    def press(self, key, modifiers=0):
        code, text = KEYS[key]
        event = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        self._send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **event)
        self._send("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text):
        self._send("Input.insertText", text=text)

    def wait(self, selector, text=""):
        """Wait until an element is there, with a text in it."""
        end = time.monotonic() + SECONDS
        script = (
            f"[...document.querySelectorAll({selector!r})].some((node) => node.innerText.includes({text!r}))"
        )
        while not self.read(script):
            if time.monotonic() > end:
                self._test.fail(f"{selector} with {text!r} did not come")
            time.sleep(0.05)

    def tab_to(self, selector, most=150):
        """Press Tab until an element has the focus, which must be visible there."""
        for _press in range(most):
            if self.read(f"document.activeElement.matches({selector!r})"):
                self._test.assertTrue(self.read("document.activeElement.matches(':focus-visible')"), selector)
                return
            self.press("Tab")
        self._test.fail(f"{selector} is not in reach of Tab")

    def use(self, selector):
        """Go to a button and press it."""
        self.tab_to(selector)
        self.press("Enter")


@tagged("post_install", "-at_install")
class TestKeyboard(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        service = cls.env["product.product"].create({"name": "Work", "type": "service", "taxes_id": False})
        cls.customers = cls.env["res.partner"].create([{"name": "Keyboard One"}, {"name": "Keyboard Two"}])
        today = cls.env.company._adv_today()
        for customer in cls.customers:
            order = cls.env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "order_line": [Command.create({"product_id": service.id, "price_unit": 100})],
                }
            )
            moment = cls.env.company._adv_day_bounds(today, today)[0]
            order._adv_set_facts(
                {
                    "state": "sale",
                    "adv_received_date": moment,
                    "adv_submitted_date": moment,
                    "adv_confirmed_date": moment,
                }
            )
        cls.env.flush_all()

    def test_all_by_keys(self):
        """Filters, pages, definition, target, records, period and comparison without a mouse."""

        def drive(browser, *args, **kwargs):
            self._drive(Keyboard(self, browser))

        with patch.object(ChromeBrowser, "_wait_code_ok", drive):
            self.browser_js("/odoo/adv-dashboard", "", "", login="admin", timeout=60)
        target = self.env["adv.kpi.target"].search([("kpi_id.code", "=", "order_count")])
        self.assertEqual(target.mapped("value"), [7])

    def _drive(self, keys):
        keys.wait("[data-code=order_count] .o_adv_kpi_value")
        self._filter(keys)
        self._records(keys)
        self._target(keys)
        self._period(keys)

    def _filter(self, keys):
        keys.use(".o_adv_filter")
        keys.tab_to("[data-noun=partner] input")
        keys.type("Keyboard One")
        keys.wait("[data-noun=partner] .o-autocomplete--dropdown-item", "Keyboard One")
        keys.press("Enter")
        keys.wait("[data-noun=partner] .o_tag", "Keyboard One")
        keys.use(".o_adv_apply")
        keys.wait(".o_adv_chips", "Keyboard One")
        keys.wait("[data-code=order_count] .o_adv_kpi_value", "1")

    def _records(self, keys):
        keys.use("[data-code=order_count] .o_adv_kpi_value")
        keys.wait(".o_list_view .o_data_row", "Keyboard One")
        self.assertEqual(keys.read("document.querySelectorAll('.o_data_row').length"), 1)
        # Odoo's own shortcut of the way back
        keys.press("b", ALT)
        keys.wait(".o_adv_chips", "Keyboard One")
        keys.use(".o_adv_chips button")
        keys.wait("[data-code=order_count] .o_adv_kpi_value")

    def _target(self, keys):
        keys.use("[data-code=order_count] .o_adv_kpi_label")
        keys.wait(".o_adv_kpi_explanation")
        keys.press("Escape")
        keys.wait(".o_adv_kpi_dashboard")
        self._wait_gone(keys, ".modal")
        keys.use("[data-code=order_count] .o_adv_kpi_label")
        keys.wait(".o_adv_kpi_explanation")
        keys.use(".o_adv_set_target")
        keys.wait(".modal .o_field_widget[name=value]")
        keys.tab_to(".modal .o_field_widget[name=value] input")
        keys.type("7")
        keys.use(".modal .o_form_button_save")
        keys.wait("[data-code=order_count] .o_adv_kpi_target", "7")

    def _period(self, keys):
        keys.use(".o_adv_comparison")
        keys.wait(".o-dropdown-item[data-comparison=previous_period]")
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        keys.press("Enter")
        keys.wait(".o_adv_comparison", "previous period")
        label = keys.read("document.querySelector('.o_adv_period').innerText")
        keys.use(".o_adv_previous")
        self._wait_other(keys, ".o_adv_period", label)
        keys.tab_to(".o_adv_export")
        keys.use("[data-page=quality]")
        keys.wait("[data-page=quality][aria-current=page]")
        keys.wait("[data-code=billing_error_rate]")

    def _wait_gone(self, keys, selector):
        end = time.monotonic() + SECONDS
        while keys.read(f"Boolean(document.querySelector({selector!r}))"):
            self.assertLess(time.monotonic(), end, f"{selector} is still there")
            time.sleep(0.05)

    def _wait_other(self, keys, selector, text):
        end = time.monotonic() + SECONDS
        while keys.read(f"document.querySelector({selector!r}).innerText") == text:
            self.assertLess(time.monotonic(), end, f"{selector} still says {text}")
            time.sleep(0.05)
