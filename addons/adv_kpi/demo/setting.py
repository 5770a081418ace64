"""The wholesaler itself: company, people, departments, customers and goods."""

import unicodedata

from odoo.fields import Command

from .base import Part
from .names import CUSTOMERS, PEOPLE, PRODUCTS, SUPPLIERS, USERS
from .plan import PORTAL


def _ascii(name):
    """Return the letters of a name as they stand in an address."""
    plain = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


class Setting(Part):
    def load(self):
        self._company()
        self._people()
        self._customers()
        self._goods()

    # === COMPANY === #

    def _company(self):
        """A company of its own: its figures are not mixed with those of Odoo's own demo data."""
        env, euro, france = self.env, self.env.ref("base.EUR"), self.env.ref("base.fr")
        euro.active = True
        # the flag keeps Odoo from installing a country's chart of accounts behind our back
        company = (
            env["res.company"]
            .with_context(chart_template_load=True)
            .create(
                {
                    "name": "Comptoir du Rhône",
                    "street": "27 rue de Gerland",
                    "zip": "69007",
                    "city": "Lyon",
                    "country_id": france.id,
                    "currency_id": euro.id,
                    "email": "contact@comptoir.example.com",
                    "vat": "FR23334175221",
                    "adv_tz": "Europe/Paris",
                    "iap_enrich_auto_done": True,
                }
            )
        )
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        company.with_context(chart_template_load=True).write(
            {"currency_id": euro.id, "account_fiscal_country_id": france.id}
        )
        self.world.name([("demo_company", company)])
        self.world.enter(company)
        self.env, self.company = self.world.env, self.world.company
        warehouses = self.env["stock.warehouse"]
        self.world.warehouse = warehouses.search(
            [("company_id", "=", company.id)], limit=1
        ) or warehouses.create({"name": "Gerland", "code": "GER", "company_id": company.id})
        self._taxes(france)
        self.company.write(
            {
                "adv_check_mode": "warn",
                "adv_approval_mode": "observe",
                "adv_order_minimum": 150,
                "adv_cutoff_time": 14.5,
                "adv_survey_sends": True,
            }
        )

    def _taxes(self, country):
        taxes = self.env["account.tax"]
        group = self.env["account.tax.group"].create(
            {"name": "VAT 20 %", "company_id": self.company.id, "country_id": country.id}
        )
        self.world.vat = taxes.create(
            {
                "name": "20 %",
                "amount": 20,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": country.id,
                "tax_group_id": group.id,
            }
        )
        self.company.account_sale_tax_id = self.world.vat
        # sold to other countries: no French tax
        self.world.abroad = self.env["account.fiscal.position"].create(
            {"name": "Deliveries to other countries", "company_id": self.company.id}
        )
        taxes.create(
            {
                "name": "0 % abroad",
                "amount": 0,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": country.id,
                "tax_group_id": group.id,
                "fiscal_position_ids": [Command.link(self.world.abroad.id)],
                "original_tax_ids": [Command.link(self.world.vat.id)],
            }
        )

    # === PEOPLE === #

    def _people(self):
        users = {key: self.world.ref(name) for key, name in USERS.items()}
        for user in users.values():
            user.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        users["manager"].group_ids = [Command.link(self.world.ref("adv_kpi.group_kpi_manager").id)]
        self.world.users = users
        self._departments(users)

    def _departments(self, users):
        self.world.finance, self.world.sales = self.env["adv.department"].create(
            [
                {
                    "name": "Finance",
                    "sequence": 10,
                    "manager_id": users["manager"].id,
                    "member_ids": [Command.set((users["finance"] + users["manager"] + users["admin"]).ids)],
                    "company_id": self.company.id,
                },
                {
                    "name": "Sales management",
                    "sequence": 20,
                    "manager_id": users["manager"].id,
                    "member_ids": [Command.set((users["manager"] + users["salesperson"]).ids)],
                    "company_id": self.company.id,
                },
            ]
        )
        self.env["adv.approval.rule"].create(
            [
                {
                    "name": "Finance above 8,000",
                    "department_id": self.world.finance.id,
                    "company_id": self.company.id,
                    "amount_min": 8000,
                    "sequence": 20,
                },
                {
                    "name": "Sales management from 20 % discount",
                    "department_id": self.world.sales.id,
                    "company_id": self.company.id,
                    "discount_min": 20,
                    "sequence": 10,
                },
            ]
        )

    # === CUSTOMERS === #

    def _customers(self):
        countries = self.env["res.country"].search([("code", "in", list({row.country for row in CUSTOMERS}))])
        by_code = {country.code: country for country in countries}
        terms = {
            "A": self.world.ref("account.account_payment_term_45days"),
            "B": self.world.ref("account.account_payment_term_30days"),
        }
        terms["C"] = terms["B"]
        self.world.terms = terms
        self.world.customers = self.env["res.partner"].create(
            [self._customer_vals(number, row, by_code, terms) for number, row in enumerate(CUSTOMERS)]
        )
        self.world.name(
            (f"demo_customer_{number}", partner) for number, partner in enumerate(self.world.customers)
        )
        self._portal()
        users = self.world.users
        half = len(CUSTOMERS) // 2
        self.world.assistants = self.env["adv.assistant"].create(
            [
                {
                    "user_id": users[key].id,
                    "company_id": self.company.id,
                    "partner_ids": [Command.set(partners.ids)],
                }
                for key, partners in (
                    ("assistant", self.world.customers[:half]),
                    ("assistant_2", self.world.customers[half:]),
                )
            ]
        )

    def _portal(self):
        """Who logs in as customer buys for one with something of everything: late, held, overdue."""
        contact = self.world.customers[PORTAL].child_ids
        companies = {"company_ids": [Command.link(self.company.id)], "company_id": self.company.id}
        self.world.ref("adv_orders.user_customer").write({"partner_id": contact.id, **companies})

    def _customer_vals(self, number, row, countries, terms):
        first, last = PEOPLE[number % len(PEOPLE)]
        domain = _ascii(row.name)
        # who has no e-mail is reminded by letter; nobody has a telephone: no text message leaves
        return {
            "name": row.name,
            "is_company": True,
            "customer_rank": 1,
            "company_id": self.company.id,
            "street": row.street,
            "zip": row.zip,
            "city": row.city,
            "country_id": countries[row.country].id,
            "email": f"orders@{domain}.example.com",
            "user_id": self.world.users["salesperson" if number % 3 else "manager"].id,
            "property_payment_term_id": terms[row.size].id,
            "property_account_position_id": self.world.abroad.id if row.country != "FR" else False,
            "adv_reference_required": row.size == "A",
            "child_ids": [
                Command.create(
                    {
                        "name": f"{first} {last}",
                        "type": "contact",
                        "email": f"{_ascii(first)}.{_ascii(last)}@{domain}.example.com",
                    }
                )
            ],
        }

    # === GOODS === #

    def _goods(self):
        categories = dict.fromkeys(row.category for row in PRODUCTS)
        records = self.env["product.category"].create([{"name": name} for name in categories])
        categories = dict(zip(categories, records, strict=True))
        self.world.categories = categories
        self.world.suppliers = dict(
            zip(
                SUPPLIERS,
                self.env["res.partner"].create(
                    [
                        {
                            "name": name,
                            "is_company": True,
                            "supplier_rank": 1,
                            "company_id": self.company.id,
                            "email": f"sales@{category.lower()}.example.com",
                        }
                        for category, name in SUPPLIERS.items()
                    ]
                ),
                strict=True,
            )
        )
        self.world.products = self.env["product.product"].create(
            [
                {
                    "name": row.name,
                    "default_code": row.code,
                    "type": "consu",
                    "is_storable": True,
                    "company_id": self.company.id,
                    "categ_id": categories[row.category].id,
                    "list_price": row.price,
                    "standard_price": row.cost,
                    "sale_delay": 4,
                    "invoice_policy": "delivery",
                    "taxes_id": [Command.set(self.world.vat.ids)],
                    "supplier_taxes_id": [Command.clear()],
                    "responsible_id": self.world.users["manager"].id,
                    "seller_ids": [
                        Command.create(
                            {
                                "partner_id": self.world.suppliers[row.category].id,
                                "price": row.cost,
                                "delay": 15,
                                "company_id": self.company.id,
                            }
                        )
                    ],
                }
                for row in PRODUCTS
            ]
        )
        self.world.name(
            (f"demo_product_{row.code.lower().replace('-', '_')}", product)
            for row, product in zip(PRODUCTS, self.world.products, strict=True)
        )
