"""Two companies and two customers with something in every table, for the tests that attack the addons.

What belongs to the other company, and to the other customer of our company, carries words and amounts that
occur nowhere else: whoever sees one of them has seen what is not theirs.
"""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError
from psycopg2.extras import Json

from odoo.addons.adv_billing.tests.common import AdvBillingCommon

COMPANY_WORD = "Zzcanarycompany"
CUSTOMER_WORD = "Yycanarycustomer"
COMPANY_PRICE = 7_000_000_000.0
CUSTOMER_PRICE = 4_000_000.0
ORDINARY_PRICE = 100.0
# any sum in which such an amount takes part lies here; the odd numbers of the tests lie elsewhere
COMPANY_AMOUNTS = (6e9, 5e11)
CUSTOMER_AMOUNTS = (3e6, 1e9)

OUTSIDERS = {"public": "base.group_public", "customer": "base.group_portal"}
PEOPLE = {
    "nobody": "base.group_user",
    "salesperson": "sales_team.group_sale_salesman",
    "assistant": "adv_orders.group_adv_assistant",
    "manager": "adv_orders.group_adv_manager",
    "storekeeper": "stock.group_stock_user",
    "collector": "adv_dunning.group_collector",
    "collection manager": "adv_dunning.group_collection_manager",
    "accountant": "account.group_account_invoice",
    "figures": "adv_kpi.group_kpi_manager",
    "administrator": "base.group_system",
}


class HostileWorld(AdvBillingCommon):
    """``cls.company`` is attacked from inside; ``cls.other`` is the company that nobody here belongs to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        jobs = type(cls.env["ir.cron"])
        cls.startClassPatcher(patch.object(jobs, "_commit_progress", lambda *args, **kwargs: 3600))
        runs = type(cls.env["adv.dunning.run"])
        cls.startClassPatcher(patch.object(runs, "_adv_commit", lambda self, processed: self.env.flush_all()))
        cls.other = cls.setup_other_company(name=f"{COMPANY_WORD} GmbH")["company"]
        cls.env.user.company_ids |= cls.other
        for company in cls.company | cls.other:
            company.write(
                {
                    "adv_tz": "Europe/Paris",
                    "adv_check_mode": "enforce",
                    "adv_approval_mode": "enforce",
                    "adv_billing_mode": "enforce",
                }
            )
        cls.own_customer = cls._plant(cls.company, "Ordinary", ORDINARY_PRICE)
        cls.other_customer = cls._plant(cls.company, CUSTOMER_WORD, CUSTOMER_PRICE)
        cls.foreign_customer = cls._plant(cls.other, COMPANY_WORD, COMPANY_PRICE)
        cls._fill_empty_tables()
        cls._set_up_roles()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _set_up_roles(cls):
        cls.roles = {
            role: new_test_user(
                cls.env,
                f"hostile_{role.replace(' ', '_')}",
                groups=group,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for role, group in {**OUTSIDERS, **PEOPLE}.items()
        }
        cls.roles["customer"].partner_id.parent_id = cls.own_customer

    # --- What each customer has

    @classmethod
    def _plant(cls, company, word, price):
        """A customer with an order that is late, one that is billed and overdue, and all that follows."""
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        customer = cls.env["res.partner"].create(
            {
                "name": f"{word} SA",
                "is_company": True,
                "company_id": company.id,
                "email": f"{word.lower()}@example.com",
                "street": f"1 rue {word}",
                "zip": "69001",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "property_payment_term_id": cls.env.ref("account.account_payment_term_30days").id,
            }
        )
        goods = cls._plant_product(company, word, price)
        late = cls._plant_order(company, customer, goods, word)
        late._adv_confirm_cleared() if late.state != "sale" else None
        late.order_line.price_unit = price * 2
        billed = cls._plant_order(company, customer, goods, f"{word} billed")
        cls._plant_errors(late, word)
        invoice = cls._plant_invoice(company, customer, goods, word, billed)
        cls._plant_papers(company, customer, goods, word, price, late)
        cls._plant_collections(company, customer, invoice, word, price)
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        return customer.with_env(cls.env)

    @classmethod
    def _plant_product(cls, company, word, price):
        product = cls.env["product.product"].create(
            {
                "name": f"{word} pump",
                "default_code": word,
                "company_id": company.id,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "standard_price": price / 2,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
            }
        )
        warehouse = cls.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        cls.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10)
        return product

    @classmethod
    def _plant_order(cls, company, customer, product, word):
        order = cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "client_order_ref": f"{word} reference",
                "note": f"{word} note",
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2, "name": f"{word} line"})
                ],
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _plant_errors(cls, order, word):
        cls.env["adv.order.error"]._adv_log(
            [{"type": "price", "order_id": order.id, "found_by": "manual", "name": f"{word} error"}]
        )

    @classmethod
    def _plant_invoice(cls, company, customer, product, word, order):
        day = company._adv_today() - timedelta(days=90)
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "partner_id": customer.id,
                "ref": f"{word} invoice",
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": 2,
                            "name": f"{word} billed line",
                            "tax_ids": [Command.clear()],
                            "sale_line_ids": [Command.set(order.order_line.ids)],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def _plant_papers(cls, company, customer, product, word, price, order):
        today = company._adv_today()
        values = {"company_id": company.id, "partner_id": customer.id}
        cls.env["adv.request"].create(
            {**values, "name": f"{word} request", "description": f"{word} question", "order_id": order.id}
        )
        agreement = cls.env["adv.agreement"].create(
            {
                **values,
                "name": f"{word} agreement",
                "date_from": today - timedelta(days=400),
                "line_ids": [Command.create({"product_id": product.id, "fixed_price": price})],
            }
        )
        agreement.action_activate()
        cls.env["adv.document"].create({**values, "name": f"{word} document"})
        cls.env["adv.credit.limit"].create({**values, "amount": price, "reference": word})
        cls.env["adv.billing.rule"].create({**values, "mode": "delivery"})

    @classmethod
    def _plant_collections(cls, company, customer, invoice, word, price):
        if not company.adv_dunning_live:
            company._adv_dunning_go_live()
        today = company._adv_today()
        run = cls.env["adv.dunning.run"]._get_or_create(company, today)
        run.action_compute()
        cls.env["adv.receivable.stats"]._take_turn(customer, company)
        cls.env["adv.payment.promise"].create(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "move_ids": [Command.set(invoice.ids)],
                "amount": price,
                "date": today + timedelta(days=3),
                "note": f"{word} promise",
            }
        )
        cls.env["adv.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": price / 2,
                "note": f"{word} dispute",
                "reason_id": cls.env.ref("adv_dunning.dispute_reason_price").id,
            }
        )

    # --- What no customer's story fills

    @classmethod
    def _fill_empty_tables(cls):
        """A row of the other company in each table of ours that has none: nothing stays unguarded."""
        cls.env.flush_all()
        empty = [model for model in own_tables(cls.env) if is_of_company(model)]
        for _pass in range(3):  # a row may need one of a table that comes later
            empty = [model for model in empty if not cls._has_rows(model) and not cls._fill(model)]
        cls.unfilled = [model._name for model in empty]
        cls.env.invalidate_all()

    @classmethod
    def _has_rows(cls, model):
        rows = model.sudo().with_context(active_test=False)
        return rows.search_count([("company_id", "=", cls.other.id)], limit=1)

    @classmethod
    def _fill(cls, model):
        row = {
            name: value
            for name, field in model._fields.items()
            if field.store and field.column_type and (value := cls._filler(field)) is not None
        }
        columns = SQL(", ").join(map(SQL.identifier, row))
        statement = SQL(
            "INSERT INTO %s (%s) VALUES %s", SQL.identifier(model._table), columns, tuple(row.values())
        )
        try:
            with mute_logger("odoo.sql_db"), cls.env.cr.savepoint(flush=False):
                cls.env.cr.execute(statement)
        except IntegrityError:  # what cannot be filled is told by a test
            return False
        return True

    @classmethod
    def _filler(cls, field):
        if field.name == "company_id":
            return cls.other.id
        if field.type == "many2one":
            return cls._pointed_at(field)
        if field.name == "domain":
            return "[]"
        if field.type in ("char", "text", "html"):
            words = f"{COMPANY_WORD} {field.name}"
            return Json({"en_US": words}) if field.translate else words
        if field.type in ("float", "monetary"):
            return 50.0 if field.name == "percent" else COMPANY_PRICE
        if not field.required:
            return None
        fixed = {"date": date(2026, 1, 1), "datetime": date(2026, 1, 1), "integer": 1, "boolean": True}
        if field.type == "selection":
            return field.get_values(cls.env)[0]
        return fixed.get(field.type, 1)

    @classmethod
    def _pointed_at(cls, field):
        """The other company's record that a column points at; any record where there is no company."""
        model = cls.env[field.comodel_name].sudo().with_context(active_test=False)
        if field.name in ("id", "create_uid", "write_uid") or not model._auto:
            return None
        domain = [("company_id", "=", cls.other.id)] if "company_id" in model._fields else []
        if domain and not model._fields["company_id"]._description_searchable:
            domain = []
        found = model.search(domain, limit=1, order="id desc")
        return (found.id or None) if found or not field.required else model.search([], limit=1).id or None


def own_tables(env):
    """The addons' own stored models."""
    return [
        env[name]
        for name in env.registry
        if name.startswith("adv.")
        and env[name]._auto
        and not env[name]._abstract
        and not env[name]._transient
        and not isinstance(env[name]._table_query, SQL)
    ]


def is_of_company(model):
    field = model._fields.get("company_id")
    return bool(field and field.store and field.column_type)
