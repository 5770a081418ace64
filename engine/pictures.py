"""The pictures of the user guide in its three languages, of the addons' pages and of the README.

    python -m engine.pictures http://127.0.0.1:8069 docs/images

Each is taken from a running web client as the person whose guide it stands in. Records are looked for as that
person, so that the same list serves any database that has something to show. Runs in the venv.
"""

import argparse
import io
import json
import shutil
import sys
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import requests
from PIL import Image

from .screenshots import READY, browser, session_cookie

LANGUAGES = {"en": "en_US", "fr": "fr_FR", "es": "es_ES"}
SIZE = (1280, 800)
COLOURS = 96
PATIENCE = 60  # seconds
OWN = "the person's company"  # in a domain
QUIET = """
(() => {
    const style = document.createElement("style");
    const away = ".o_notification_manager, .o-mail-ChatHub, .o_tour_pointer";
    style.textContent = `${away} { display: none !important; }`;
    document.head.append(style);
    document.activeElement?.blur();
})()
"""


@dataclass(frozen=True)
class Picture:
    """One picture: ``path`` may hold {id}, the first record of ``model`` in ``domain`` that the person reads.

    ``click`` are selectors pressed one after the other once the page has loaded; ``copies`` are other files
    that the English picture is written to; with ``hold`` the payer is on hold meanwhile;
    ``fresh`` stands for {id} when there is no record.
    """

    name: str
    login: str
    path: str
    model: str = ""
    domain: tuple = ()
    order: str = "id"
    click: tuple = ()
    size: tuple = SIZE
    copies: tuple = ()
    hold: bool = False
    fresh: str = ""


def _description(addon, name):
    return f"addons/{addon}/static/description/{name}.png"


PICTURES = (
    Picture("assistant-morning", "assistant", "odoo/adv-morning"),
    Picture("assistant-inbox", "assistant", "odoo/adv-inbox"),
    Picture("assistant-desk", "assistant", "odoo/adv-desk", copies=(_description("adv_orders", "desk"),)),
    Picture(
        "assistant-order",
        "assistant",
        "odoo/adv-desk/{id}",
        model="sale.order",
        domain=(("adv_state", "=", "to_correct"), ("company_id", "=", OWN)),
        order="amount_total desc, id",
        copies=(_description("adv_orders", "order"),),
    ),
    Picture("assistant-late", "assistant", "odoo/adv-late"),
    Picture(
        "manager-dashboard",
        "manager",
        "odoo/adv-dashboard",
        size=(1280, 900),
        copies=(_description("adv_kpi", "dashboard"),),
    ),
    Picture("manager-approvals", "manager", "odoo/adv-to-approve"),
    Picture(
        "manager-pareto", "manager", "odoo/adv-error-pareto", copies=(_description("adv_orders", "pareto"),)
    ),
    Picture("manager-go-live", "manager", "odoo/adv-go-live"),
    Picture(
        "salesperson-glance",
        "salesperson",
        "odoo/adv-my-customers/{id}",
        model="adv.partner.stats",
        order="order_count desc, id",
    ),
    Picture("salesperson-quotes", "salesperson", "odoo/adv-quotes"),
    Picture(
        "collector-customers",
        "collector",
        "odoo/collections",
        copies=(_description("adv_dunning", "customers"),),
    ),
    Picture(
        "collector-call",
        "collector",
        "odoo/collections/{id}",
        model="adv.receivable.stats",
        domain=(("amount_overdue", ">", 0), ("company_id", "=", OWN)),
        order="score desc, id",
        copies=(_description("adv_dunning", "call"),),
    ),
    Picture("collector-notices", "collector", "odoo/reminder-notices", click=(".o_group_header",)),
    Picture(
        "accountant-run",
        "accountant",
        "odoo/billing-runs/{id}",
        model="adv.billing.run",
        domain=(("line_ids", "!=", False), ("company_id", "=", OWN)),
        order="date desc, id desc",
        copies=(_description("adv_billing", "run"),),
    ),
    Picture("accountant-credit", "accountant", "odoo/credit-notes-to-issue", size=(1280, 560)),
    Picture(
        "accountant-month-end",
        "accountant",
        "odoo/month-end/{id}",
        model="adv.month.end",
        domain=(("company_id", "=", OWN),),
        order="date desc, id desc",
        fresh="new",
        click=("button[name='action_compute']",),
        copies=(_description("adv_billing", "month-end"),),
    ),
    Picture(
        "warehouse-hold",
        "warehouse",
        "odoo/deliveries/{id}",
        model="stock.picking",
        domain=(
            ("state", "=", "assigned"),
            ("picking_type_code", "=", "outgoing"),
            ("sale_id", "!=", False),
            ("company_id", "=", OWN),
        ),
        order="id desc",
        hold=True,
    ),
    Picture(
        "warehouse-return",
        "warehouse",
        "odoo/deliveries/{id}",
        model="stock.picking",
        domain=(
            ("state", "=", "done"),
            ("picking_type_code", "=", "outgoing"),
            ("sale_id", "!=", False),
            ("company_id", "=", OWN),
        ),
        order="date_done desc, id desc",
        click=(".o_statusbar_buttons button[data-hotkey='k']",),
    ),
    Picture("customer-home", "customer", "my", size=(1100, 640)),
    Picture(
        "customer-order",
        "customer",
        "my/orders/{id}",
        model="sale.order",
        domain=(("state", "=", "sale"),),
        order="date_order desc, id desc",
        size=(1100, 800),
    ),
    Picture("customer-account", "customer", "my/statement", size=(1100, 640)),
    Picture("customer-ask", "customer", "my/requests/new", size=(1100, 640)),
)


class Client:
    """A person's session of the web client: JSON-RPC and the cookie."""

    def __init__(self, url, login, password=None):
        self.url = url
        self.cookie = session_cookie(url, login, password or login)
        self.login = login

    @cached_property
    def company(self):
        """The id of the person's company."""
        return self.call("res.users", "search_read", [("login", "=", self.login)], ["company_id"])[0][
            "company_id"
        ][0]

    def call(self, model, method, *arguments, **keywords):
        """Call a public method as this person; RuntimeError with the server's words when it refuses."""
        answer = requests.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
            json={"params": {"model": model, "method": method, "args": arguments, "kwargs": keywords}},
            cookies={"session_id": self.cookie},
            timeout=120,
        ).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]


def load_languages(admin, codes):
    """Load the languages that are not there yet, and have waiting orders checked again: told in them too."""
    sleeping = [("code", "in", codes), ("active", "=", False)]
    languages = admin.call("res.lang", "search", sleeping, context={"active_test": False})
    if not languages:
        return
    wizard = admin.call("base.language.install", "create", {"lang_ids": [(6, 0, languages)]})
    admin.call("base.language.install", "lang_install", [wizard])
    jobs = admin.call("ir.cron", "search", [("code", "=", "model._adv_cron_recheck()")])
    for _attempt in range(PATIENCE):
        try:
            admin.call("ir.cron", "method_direct_trigger", jobs)
            return
        except RuntimeError:  # noqa: PERF203 - the server's scheduler is at it
            time.sleep(1)


@contextmanager
def speaking(admin, logins, code):
    """The people of ``logins`` have that language meanwhile."""
    users = admin.call("res.users", "search_read", [("login", "in", logins)], ["lang"])
    try:
        admin.call("res.users", "write", [user["id"] for user in users], {"lang": code})
        yield
    finally:
        for user in users:
            admin.call("res.users", "write", [user["id"]], {"lang": user["lang"]})


@contextmanager
def visiting(admin):
    """The customer of the portal belongs meanwhile to a company that has something to see there."""
    known = [("amount_overdue", ">", 0), ("partner_id.sale_order_ids.state", "=", "sale")]
    wanted = ["partner_id", "company_id"]
    debtors = admin.call(
        "adv.receivable.stats", "search_read", known, wanted, limit=1, order="score desc, id"
    )
    kept = ["partner_id", "company_id", "company_ids"]
    users = admin.call("res.users", "search_read", [("login", "=", "customer")], kept)
    contacts = [user["partner_id"][0] for user in users]
    parents = admin.call("res.partner", "read", contacts, ["parent_id"])
    try:
        for user, contact in zip(users, contacts, strict=True):
            for debtor in debtors:
                company = debtor["company_id"][0]
                there = {"company_ids": [(4, company)], "company_id": company}
                admin.call("res.users", "write", [user["id"]], there)
                admin.call("res.partner", "write", [contact], {"parent_id": debtor["partner_id"][0]})
        yield
    finally:
        for user, parent in zip(users, parents, strict=True):
            company = parent["parent_id"] and parent["parent_id"][0]
            admin.call("res.partner", "write", [parent["id"]], {"parent_id": company})
            before = {"company_id": user["company_id"][0], "company_ids": [(6, 0, user["company_ids"])]}
            admin.call("res.users", "write", [user["id"]], before)


@contextmanager
def on_hold(admin, picking):
    """The payer of a delivery is on hold meanwhile."""
    order = admin.call("stock.picking", "read", [picking], ["sale_id"])[0]["sale_id"][0]
    contact = admin.call("sale.order", "read", [order], ["partner_invoice_id"])[0]["partner_invoice_id"][0]
    wanted = ["commercial_partner_id"]
    payer = admin.call("res.partner", "read", [contact], wanted)[0]["commercial_partner_id"][0]
    if admin.call("res.partner", "read", [payer], ["adv_on_hold"])[0]["adv_on_hold"]:
        yield  # and stays so
        return
    admin.call("res.partner", "action_adv_put_on_hold", [payer])
    try:
        yield
    finally:
        admin.call("res.partner", "action_adv_release_hold", [payer])


def small(png):
    """The bytes of a picture with few colours: screens lose nothing by it."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def record_of(client, picture, admin):
    """The id that a picture's path needs, or None when the database has nothing to show."""
    reader = client
    domain = [(field, how, client.company if value == OWN else value) for field, how, value in picture.domain]
    if picture.login == "customer":
        reader = admin
        users = admin.call(
            "res.users", "search_read", [("login", "=", "customer")], ["commercial_partner_id"]
        )
        domain.append(("partner_id", "child_of", [users[0]["commercial_partner_id"][0]]))
    found = reader.call(picture.model, "search", domain, limit=1, order=picture.order)
    return found[0] if found else picture.fresh or None


def shoot(page, url, picture, number):
    """Take one picture and return its bytes."""
    page.open(f"{url}/{picture.path.format(id=number)}")
    for selector in picture.click:
        page.wait(f"Boolean(document.querySelector({json.dumps(selector)}))")
        page.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        page.pause()
        page.wait(READY)
    page.evaluate(QUIET)
    page.pause()
    return small(page.picture())


def take_all(url, folder, languages, names, root):
    """Take the pictures and return the names of those that the database has nothing for."""
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    logins = sorted({picture.login for picture in wanted})
    admin = Client(url, "admin")
    missing = []
    load_languages(admin, [LANGUAGES[language] for language in languages])
    with browser(*SIZE) as page, visiting(admin):
        for language in languages:
            with speaking(admin, logins, LANGUAGES[language]):
                clients = {login: Client(url, login) for login in logins}
                for picture in wanted:
                    client = clients[picture.login]
                    number = record_of(client, picture, admin) if picture.model else None
                    if picture.model and not number:
                        missing.append(f"{language}/{picture.name}")
                        continue
                    print(f"{language}: {picture.name}", flush=True)
                    page.resize(*picture.size)
                    page.command("Network.clearBrowserCookies")  # the companies that somebody chose before
                    cookies = {"session_id": client.cookie, "frontend_lang": LANGUAGES[language]}
                    for name, value in cookies.items():
                        page.command("Network.setCookie", name=name, value=value, url=url)
                    with on_hold(admin, number) if picture.hold else nullcontext():
                        content = shoot(page, url, picture, number)
                    page.evaluate("sessionStorage.clear()")  # the app that somebody had open before
                    _keep(content, picture, folder, language, root)
    return missing


def _keep(content, picture, folder, language, root):
    file = folder / language / f"{picture.name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    if language == "en":
        for copy in picture.copies:
            shutil.copyfile(file, root / copy)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="one of them (all)")
    parser.add_argument("--only", metavar="NAME", action="append", help="these pictures (all)")
    options = parser.parse_args(arguments)
    root = Path(__file__).resolve().parent.parent
    missing = take_all(options.url, options.folder, options.language or LANGUAGES, options.only, root)
    if missing:
        sys.exit(f"Error: the database has nothing to show for {', '.join(missing)}")


if __name__ == "__main__":
    main()
