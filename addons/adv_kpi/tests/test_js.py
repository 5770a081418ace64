from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestJavascript(HttpCase):
    def test_hoot(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&filter=%22@adv_kpi/%22",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
