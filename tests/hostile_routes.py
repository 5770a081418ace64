"""Every address of ours on the web, asked for by everybody with everything."""

import inspect
import re
import zlib
from unittest.mock import patch

from hypothesis import given, seed
from hypothesis import strategies as st
from odoo.http import Request, _generate_routing_rules
from odoo.tools import mute_logger

from .hostile_arguments import DAYS, LARGEST, TEXTS, attacks

ADDONS = "odoo.addons.adv_"
VISITORS = ("public", "customer", "nobody", "collector", "accountant", "figures")
VARIABLE = re.compile(r"<(\w+)(?:\([^)]*\))?:\w+>")
MUTED = (
    "odoo.http",
    "odoo.sql_db",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.http_routing.models.ir_http",
)


def own_routes(env):
    """Yield (address, names of the parameters, methods) of what our controllers serve or override."""
    modules = sorted(env.registry._init_modules)
    for url, endpoint in _generate_routing_rules(modules, nodb_only=False):
        controller, name = endpoint.func.__self__, endpoint.func.__name__
        classes = [cls for cls in type(controller).__mro__ if cls.__module__.startswith(ADDONS)]
        served = [vars(cls)[name] for cls in classes if name in vars(cls)]
        if not served:
            continue
        names = {
            one.name
            for method in served
            for one in inspect.signature(method.original_endpoint).parameters.values()
            if one.kind == one.POSITIONAL_OR_KEYWORD and one.name != "self"
        }
        in_url = set(re.findall(r"<[^>]*:(\w+)>", url))
        yield url, sorted(names - in_url), endpoint.routing["methods"] or ["GET", "POST"]


class RouteAttacks:
    """Tests of a class that has the world, its guard, and an HTTP client."""

    def test_every_route(self):
        routes = list(own_routes(self.env))
        self.assertGreaterEqual(len(routes), 12)
        for role in VISITORS:
            self._log_in(role)
            for url, names, methods in routes:
                for method in methods:
                    with self.subTest(f"{role}: {method} {url}"):
                        self._attack_route(role, url, names, method)

    def _log_in(self, role):
        login = self.roles[role].login
        self.authenticate(*([None, None] if role == "public" else [login, login]))

    def _attack_route(self, role, url, names, method):
        fields = sorted({*names, "amount", "paid_on", "reason_id", "note", "reference", "sortby"})

        @seed(zlib.crc32(f"{role}{method}{url}".encode()))
        @attacks()
        @given(self._addresses(url), st.dictionaries(st.sampled_from(fields), self._texts(), max_size=4))
        def attack(address, parameters):
            self._request(role, method, address, parameters)

        attack()

    def _addresses(self, url):
        numbers = [
            number
            for model in (
                "adv.request",
                "sale.order",
                "account.move",
                "adv.month.end",
                "adv.receivable.stats",
            )
            for who in ("company", "customer", "own")
            for number in self.ids_of(self.env[model], who)[:1]
        ]
        odd = [0, LARGEST, 2**31, 2**63, 10**40, "-1", "x", "1.5", "..", "é"]
        kinds = VARIABLE.findall(url)
        return st.tuples(*[st.sampled_from([*numbers, *odd])] * len(kinds)).map(
            lambda values: self._fill_in(url, values)
        )

    @staticmethod
    def _fill_in(url, values):
        for value in values:
            url = VARIABLE.sub(lambda _match, value=value: str(value), url, count=1)
        return url

    def _texts(self):
        ids = [str(self.other.id), str(self.company.id), str(self.company.currency_id.id), str(LARGEST + 1)]
        filters = (
            '{"company_ids": [%s]}' % self.other.id,
            "[",
            '{"x": 1}',
            '{"partner_ids": "x"}',
            "NaN",
            "7",
        )
        tokens = [order.access_token or "x" for order in self.env["sale.order"].search([], limit=2)]
        texts = [text for text in TEXTS if "\ud800" not in text]
        return st.sampled_from([*ids, *DAYS[:6], *filters, *tokens, *texts, "nan", "inf", "-1", "1e400"])

    def _request(self, role, method, address, parameters):
        with mute_logger(*MUTED), patch.object(Request, "validate_csrf", lambda *_args: True):
            savepoint = self.env.cr.savepoint()
            try:
                arguments = {"params" if method == "GET" else "data": parameters}
                answer = self.opener.request(
                    method, self.base_url() + address, timeout=60, allow_redirects=False, **arguments
                )
                seen = self.guard.seen(role, answer.content)
                changed = self.guard.changed(role)
            finally:
                self.env.invalidate_all(flush=False)
                savepoint.close(rollback=True)
        wrong = [*seen, *changed, *([f"status {answer.status_code}"] if answer.status_code >= 500 else [])]
        if wrong:
            self.fail(f"{role}: {method} {address} {parameters}\n{wrong}"[:2000])

    # --- Tokens

    def _page(self, address, **parameters):
        with mute_logger(*MUTED):
            return self.opener.get(
                self.base_url() + address, params=parameters, timeout=60, allow_redirects=False
            )

    def test_a_link_opens_one_document_only(self):
        """The token is that of one document, long, compared as a whole; near ones open nothing."""
        self.authenticate(None, None)
        own, another = self.env["adv.request"].create(
            [{"name": name, "partner_id": self.own_customer.id} for name in ("Opened", "Not opened")]
        )
        order = self.env["sale.order"].search([("partner_id", "=", self.own_customer.id)], limit=1)
        tokens = {record: record._portal_ensure_token() for record in (own, another, order)}
        self.assertEqual(len(set(tokens.values())), 3)
        self.assertGreaterEqual(min(map(len, tokens.values())), 32)
        token = tokens[own]
        address = f"/my/requests/{own.id}"
        with patch(
            "odoo.addons.portal.controllers.portal.consteq", side_effect=lambda one, two: one == two
        ) as compared:
            self.assertIn("Opened", self._page(address, access_token=token).text)
        self.assertTrue(compared.called, "tokens are compared in constant time")
        near = [
            tokens[another],
            tokens[order],
            token[:-1],
            token + "0",
            token.upper(),
            token[:8],
            "",
            "é" * 36,
        ]
        for wrong in [*near, f"{token}\x00", f" {token}", "%", "_" * 36, "None", "False"]:
            with self.subTest(wrong):
                answer = self._page(address, access_token=wrong)
                self.assertNotIn("Opened", answer.text)
                self.assertLess(answer.status_code, 500)
        self.assertNotIn("Opened", self._page(f"/my/requests/{own.id}").text)

    def test_an_order_link_asks_about_that_order_only(self):
        self.authenticate(None, None)
        own = self.env["sale.order"].search([("partner_id", "=", self.own_customer.id)], limit=1)
        others = self.env["sale.order"].browse(
            self.ids_of(self.env["sale.order"], "customer") + self.ids_of(self.env["sale.order"], "company")
        )
        token = own._portal_ensure_token()
        self.assertEqual(self._page(f"/my/orders/{own.id}/ask", access_token=token).status_code, 200)
        for order in others:
            answer = self._page(f"/my/orders/{order.id}/ask", access_token=token)
            self.assertEqual(answer.status_code, 404)
