from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

PROMISE_DAYS = 10  # a customer promises at most so many days ahead
PROMISES_A_YEAR = 2
PAY_ALL = "/my/invoices/overdue"  # Odoo's page of all overdue invoices


class PortalStatement(CustomerPortal):
    @http.route("/my/statement", type="http", auth="user", website=True, readonly=True)
    def portal_my_statement(self, **kw):
        return request.render("adv_dunning.portal_my_statement", self._statement_page_values(**kw))

    @http.route(
        "/my/statement/pay/<int(max=2147483647):move_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_statement_pay(self, move_id, **kw):
        """Lead to Odoo's page where the customer pays one of their own open invoices.

        Its payment form wants the invoice's token, also of who is logged in.
        """
        for statement in self._statements():
            for line in statement["lines"]:
                if line["move"].id == move_id and line["amount"] > 0 and line["move"].is_invoice():
                    return request.redirect(line["move"].get_portal_url(query_string="&payment=True"))
        return request.redirect("/my/statement")

    @http.route("/my/statement/promise", type="http", auth="user", methods=["POST"], website=True)
    def portal_my_statement_promise(self, company_id=None, currency_id=None, date=None, **kw):
        """Record the customer's promise to pay what is overdue in one company and currency."""
        statement = self._chosen_statement(company_id, currency_id)
        day = self._posted_day(date)
        error = None
        if not statement or not day:
            error = request.env._("Choose a day.")
        elif not statement["can_promise"]:
            error = statement["promise_refusal"]
        elif not statement["today"] <= day <= statement["promise_limit"]:
            error = request.env._("Choose a day between today and the last day shown.")
        if not error:
            try:
                with request.env.cr.savepoint():
                    self._make_promise(statement, day)
            except (UserError, ValidationError) as refusal:
                error = str(refusal)
        if error:
            return request.render("adv_dunning.portal_my_statement", self._statement_page_values(error=error))
        return request.redirect("/my/statement?promised=1")

    def _chosen_statement(self, company_id, currency_id):
        """Return the customer's account in a company and currency, or None.

        When it is to be answered, this transaction is the only one to do so.
        """
        for statement in self._statements():
            if str(statement["company"].id) == company_id and str(statement["currency"].id) == currency_id:
                if request.httprequest.method == "POST":
                    # sudo: a customer has no right on statistics; the row is only taken so that limits hold
                    stats = request.env["adv.receivable.stats"].sudo()
                    stats._take_turn(self._customer(), statement["company"])
                return statement
        return None

    def _posted_day(self, text):
        try:
            return fields.Date.to_date(text)
        except ValueError:
            return None

    def _make_promise(self, statement, day):
        overdue = [line for line in statement["lines"] if line["days"] > 0 and line["amount"] > 0]
        # sudo: a customer has no right on promises; all in it was worked out here from their own account
        promises = request.env["adv.payment.promise"].sudo()
        return promises.create(
            {
                "partner_id": self._customer().id,
                "company_id": statement["company"].id,
                "currency_id": statement["currency"].id,
                "move_ids": [fields.Command.set([line["move"].id for line in overdue])],
                "amount": statement["overdue"],
                "date": day,
                "date_made": statement["today"],
                "origin": "portal",
                "user_id": False,
            }
        )

    def _customer(self):
        return request.env.user.partner_id.commercial_partner_id

    def _statement_page_values(self, error=None, promised=None, told=None, **kw):
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "statement",
            "statements": self._statements(),
            "error": error,
            "promised": promised,
            "told": told,
        }

    def _statements(self):
        """Return the customer's account, by company and currency."""
        partner = self._customer()
        # sudo: a portal user reads their own company's account here, and nothing else
        stats = request.env["adv.receivable.stats"].sudo()
        moves = request.env["account.move"].sudo()  # sudo: as above; only the names of companies come of it
        companies = moves._read_group(
            [("commercial_partner_id", "=", partner.id), ("state", "=", "posted")], ["company_id"]
        )
        statements = []
        for (company,) in companies:
            today = company._adv_today()
            lines = stats._statement_lines(company, partner, today)
            for currency in {line["currency"] for line in lines}:
                own = [line for line in lines if line["currency"] == currency]
                statements.append(self._statement(partner, company, currency, today, own))
        for statement in statements:
            statement["pay_url"] = self._pay_url(statement, statements)
            statement["pays_all"] = statement["pay_url"] == PAY_ALL
        return sorted(statements, key=lambda statement: -statement["overdue"])

    def _pay_url(self, statement, statements):
        """Return where the customer pays: all at once where Odoo's page can, else the oldest invoice.

        Odoo's page takes the overdue invoices of one contact, company and currency.
        """
        late = [
            line["move"]
            for other in statements
            for line in other["lines"]
            if line["days"] > 0 and line["amount"] > 0 and line["move"].is_invoice()
        ]
        own = [line["move"] for line in statement["lines"] if line["move"] in late]
        if not own:
            return False
        alone = own == late and all(move.partner_id == request.env.user.partner_id for move in own)
        return PAY_ALL if alone else f"/my/statement/pay/{own[0].id}"

    def _statement(self, partner, company, currency, today, lines):
        # sudo: a customer has no right on promises, and sees their own here
        promises = request.env["adv.payment.promise"].sudo()
        promises = promises.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("currency_id", "=", currency.id),
            ]
        )
        credits_ = -sum(line["amount"] for line in lines if line["amount"] < 0)
        overdue = max(0.0, sum(line["amount"] for line in lines if line["days"] > 0) - credits_)
        refusal = self._promise_refusal(partner, company, currency, promises, today, overdue)
        return {
            "company": company,
            "currency": currency,
            "today": today,
            "lines": lines,
            "total": sum(line["amount"] for line in lines),
            "overdue": currency.round(overdue),
            "promises": promises.filtered(lambda promise: promise.state == "open"),
            "disputed": self._disputed(lines),
            "can_announce": overdue > 0 and not any(promise.state == "open" for promise in promises),
            "can_promise": not refusal,
            "promise_refusal": refusal,
            "promise_limit": today + timedelta(days=PROMISE_DAYS),
        }

    def _disputed(self, lines):
        """Return the ids of the entries of a statement that the customer contests."""
        # sudo: a customer has no right on disputes; all that is told is whether their invoice is contested
        disputes = request.env["adv.dispute"].sudo()
        moves = [line["move"].id for line in lines]
        return disputes.search([("move_id", "in", moves), ("state", "=", "open")]).move_id.ids

    def _promise_refusal(self, partner, company, currency, promises, today, overdue):
        """Return why the customer may not promise now, or False."""
        env = request.env
        if currency.is_zero(overdue):
            return env._("Nothing is overdue.")
        if any(promise.state == "open" for promise in promises):
            return env._("You have already told us when you pay.")
        own = promises.filtered(
            lambda promise: (
                promise.origin == "portal"
                and promise.kind == "promise"
                and promise.date_made > today - timedelta(days=365)
            )
        )
        if len(own) >= PROMISES_A_YEAR:
            return env._("Please call us to agree on a date.")
        # sudo: a customer has no right on notices; whether they got a formal one is all that is told
        notices = env["adv.dunning.notice"].sudo()
        if notices.search_count(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("state", "=", "sent"),
                ("line_ids.is_live", "=", True),
                ("line_ids.level_id.tone", "=", "formal"),
                ("line_ids.move_id.payment_state", "in", ("not_paid", "partial", "in_payment")),
            ],
            limit=1,
        ):
            return env._("Please call us to agree on a date.")
        return False
