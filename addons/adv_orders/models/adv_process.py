from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import Figure, asked_text, event_now

# step: (ADV status, since when an order is in it, who has it)
STEPS = {
    "received": ("draft", "adv_received_date", "assistants"),
    "quoted": ("quoted", "adv_quoted_date", "assistants"),
    "to_correct": ("to_correct", "adv_submitted_date", "assistants"),
    "to_approve": ("to_approve", "adv_submitted_date", "departments"),
    "held": ("held", "adv_submitted_date", "assistants"),
    "confirmed": ("confirmed", "adv_confirmed_date", "shipping"),
    "in_delivery": ("in_delivery", "adv_first_delivery_date", "shipping"),
    "delivered": ("delivered", "adv_delivered_date", "invoicing"),
    "to_invoice": ("delivered", "adv_delivered_date", "invoicing"),
    "to_settle": ("invoiced", "adv_invoiced_date", "invoicing"),
}
SHOWN_PEOPLE = 3


class AdvProcess(models.AbstractModel):
    """Where the orders are: for each step who has it, how many, how much, and since when.

    The median and the oldest are those of the orders that are in the step now: the same that the list of
    the step shows. One statement counts all steps, with the rights of the reader.
    """

    _name = "adv.process"
    _inherit = "adv.figures"
    _description = "Process page"

    # PUBLIC

    @api.model
    @api.readonly
    def get_page(self):
        """Return the steps of each company that the user has selected.

        :return: [{company_id, name, is_empty, steps: [{key, label, owner, count, value, median,
            oldest}]}]
        :raise AccessError: for people who may not read orders
        """
        self.env["sale.order"].check_access("read")
        return [self.with_company(company)._adv_company_page(company) for company in self.env.companies]

    @api.model
    def open_figure(self, company_id, key):
        """Open the orders that are in a step, the oldest first.

        :param int company_id: one of the user's companies
        :param str key: name of the step
        :raise UserError: when there is no such step
        """
        self.env["sale.order"].check_access("read")
        company = self.env.companies.filtered(lambda company: company.id == company_id)
        if not company or asked_text(self.env, key) not in STEPS:
            raise UserError(self.env._("There is no such step."))
        return self._adv_open_figure(self._adv_figure(company, key))

    # STEPS

    def _adv_labels(self):
        return {
            "received": self.env._("Received"),
            "quoted": self.env._("Quoted"),
            "to_correct": self.env._("To correct"),
            "to_approve": self.env._("To approve"),
            "held": self.env._("Held"),
            "confirmed": self.env._("Confirmed"),
            "in_delivery": self.env._("In delivery"),
            "delivered": self.env._("Delivered"),
            "to_invoice": self.env._("To invoice"),
            "to_settle": self.env._("To settle"),
        }

    def _adv_figure(self, company, key):
        domain = Domain("company_id", "=", company.id) & Domain("adv_state", "=", STEPS[key][0])
        if key == "to_invoice":
            domain &= Domain("invoice_status", "=", "to invoice")
        elif key == "delivered":
            # what is fully invoiced left the process, also where nobody keeps the date of the invoice
            domain &= Domain("invoice_status", "not in", ("to invoice", "invoiced"))
        return Figure(key, self._adv_labels()[key], "sale.order", domain)

    def _adv_company_page(self, company):
        rows = self._adv_step_rows(company)
        owners = self._adv_owners(company)
        labels = self._adv_labels()
        steps = [
            {
                "key": key,
                "label": labels[key],
                "owner": owners.get(key, ""),
                **self._adv_step_texts(company, rows.get(key, (0, 0.0, None, None))),
            }
            for key in STEPS
        ]
        return {
            "company_id": company.id,
            "name": company.name,
            "steps": steps,
            "is_empty": not any(step["count"] for step in steps),
        }

    def _adv_step_texts(self, company, row):
        count, amount, median, oldest = row
        return {
            "count": count,
            "value": self._adv_money(amount, company.currency_id) if count else "",
            "median": self._adv_duration(median) if median is not None else "",
            "oldest": self._adv_duration(oldest) if oldest is not None else "",
        }

    def _adv_step_rows(self, company):
        """Return {step: (count, value in company currency, median seconds, longest seconds)}."""
        order = self.env["sale.order"]
        names = {"adv_state", "invoice_status", "adv_amount_company", *(step[1] for step in STEPS.values())}
        order.flush_model(names)
        figures = [self._adv_figure(company, key) for key in STEPS]
        query = order._search(Domain.OR(figure.domain for figure in figures))
        step = SQL(
            """CASE WHEN adv_state = 'delivered' AND invoice_status = 'to invoice' THEN 'to_invoice'
                    WHEN adv_state = 'draft' THEN 'received'
                    WHEN adv_state = 'invoiced' THEN 'to_settle' ELSE adv_state END"""
        )
        since = SQL("CASE %s END", SQL(" ").join(self._adv_sql_since()))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT step, count(*), COALESCE(sum(amount), 0),
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY age), max(age)
                  FROM (
                        SELECT %(step)s AS step, adv_amount_company AS amount,
                               extract(epoch FROM %(now)s - %(since)s) AS age
                          FROM sale_order
                         WHERE id IN %(orders)s
                       ) waiting
                 GROUP BY step
                """,
                step=step,
                since=since,
                now=event_now(self.env),
                orders=query.subselect(),
            )
        )
        return {row[0]: (row[1], float(row[2]), row[3], row[4]) for row in rows}

    @api.model
    def _adv_sql_since(self):
        since = {state: name for state, name, _owner in STEPS.values()}
        return [
            SQL("WHEN adv_state = %s THEN COALESCE(%s, adv_received_date)", state, SQL.identifier(name))
            for state, name in since.items()
        ]

    # OWNERS

    def _adv_owners(self, company):
        """Return {step: who has it}: the departments asked, the department of the company, or assistants."""
        departments = {
            "shipping": company.sudo().adv_shipping_department_id.name,  # sudo: a setting and a name
            "invoicing": company.sudo().adv_invoicing_department_id.name,  # sudo: a setting and a name
            "departments": self._adv_people(self._adv_asked_departments(company)),
        }
        assistants = self._adv_assistants_by_state(company)
        return {
            key: departments.get(owner) or self._adv_people(assistants.get(state, []))
            for key, (state, _since, owner) in STEPS.items()
        }

    def _adv_people(self, names):
        """Return the first names of a list and how many more there are."""
        shown = ", ".join(names[:SHOWN_PEOPLE])
        more = len(names) - SHOWN_PEOPLE
        return self.env._("%(names)s and %(count)s more", names=shown, count=more) if more > 0 else shown

    def _adv_asked_departments(self, company):
        if not self.env["adv.approval"].has_access("read"):
            return []
        groups = self.env["adv.approval"]._read_group(
            [("company_id", "=", company.id), ("state", "=", "pending")],
            ["department_id"],
            ["__count"],
            order="__count desc",
        )
        return [department.name for department, _count in groups]

    def _adv_assistants_by_state(self, company):
        groups = self.env["sale.order"]._read_group(
            [
                ("company_id", "=", company.id),
                ("adv_state", "in", [step[0] for step in STEPS.values()]),
                ("adv_assistant_id", "!=", False),
            ],
            ["adv_state", "adv_assistant_id"],
            ["__count"],
            order="__count desc",
        )
        found = {}
        for state, assistant, _count in groups:
            found.setdefault(state, []).append(assistant.name)
        return found
