"""What the parts of the demo history share: the environment, the company's clock, records by name."""

from datetime import datetime, time, timezone

from odoo.tools import SQL

from odoo.addons.adv_orders.tools import EventTime

MODULE = "adv_kpi"
GROWING = (
    *("sale_order", "sale_order_line", "stock_picking", "stock_move", "stock_move_line", "stock_quant"),
    *("account_move", "account_move_line", "account_payment", "account_partial_reconcile"),
    *("adv_check_result", "adv_order_amendment", "mail_message", "res_partner", "stock_reference"),
)
QUIET = {
    "lang": "en_US",
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notify_author": False,
    "no_reset_password": True,
}


class Part:
    """A part of the history; ``world`` is what the parts before it have made."""

    def __init__(self, world):
        self.world = world
        self.env = world.env
        self.company = world.company
        self.plan = world.plan

    def request(self, order, moment, kind, name, channel):
        """Return what the customer of an order asked at a local moment."""
        return self.world.at(self.env["adv.request"], moment).create(
            {
                "name": name,
                "kind": kind,
                "channel": channel,
                "partner_id": order.partner_id.id,
                "order_id": order.id,
                "company_id": self.company.id,
                "received_date": self.world.utc(moment),
            }
        )


class World:
    """The environment in which the history is made, and the records that its parts hand on.

    :param env: any environment
    :param Plan plan: what is to have happened
    """

    def __init__(self, env, plan):
        self.env = env(user=1, su=True, context={**QUIET, "tz": "Europe/Paris"})
        self.plan = plan
        self.company = self.env["res.company"]
        self.customers = self.env["res.partner"]
        self.products = self.env["product.product"]
        self.orders = {}  # number of the sale: sale.order
        self.invoices = {}  # number of the sale: account.move
        self.returned = []  # orders of which something came back

    def enter(self, company):
        """Work in ``company`` from now on."""
        context = dict(self.env.context, allowed_company_ids=company.ids)
        self.env = self.env(context=context)
        self.company = company.with_env(self.env)

    # === TIME === #

    def utc(self, moment):
        """Return a local moment, or noon of a day, as the naive UTC datetime that Odoo stores."""
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(12))
        local = self.company._adv_timezone().localize(moment)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    def at(self, records, moment):
        """Return the records with ``moment`` (local) as the time of what happens to them."""
        return records.with_context(adv_at=EventTime.of(self.utc(moment)))

    # === DATABASE === #

    def settle(self):
        """Do what a commit does besides, and tell PostgreSQL how large the tables have become.

        Autovacuum does not see an open transaction: queries would be planned for tables that are nearly
        empty. What waits for the end of the transaction holds environments, among which each change of
        context searches.
        """
        self.env.cr.flush()
        tables = SQL(", ").join(SQL.identifier(table) for table in GROWING)
        self.env.cr.execute(SQL("ANALYZE %s", tables))

    # === NAMES === #

    def ref(self, name):
        return self.env.ref(name).with_env(self.env)

    def name(self, names_and_records):
        """Give records external ids of this addon, so that they can be found again."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{MODULE}.{name}", "record": record, "noupdate": True}
                for name, record in names_and_records
            ]
        )
