from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from ..tools.asked import asked_ids, asked_text
from .portal import PortalStatement

FILE_BYTES = 10 * 1024 * 1024
FILE_KINDS = ("application/pdf", "image/png", "image/jpeg")


class PortalAnswers(PortalStatement):
    """What a customer tells us about their account: already paid, or not right."""

    # === ALREADY PAID ===#

    @http.route("/my/statement/paid", type="http", auth="user", methods=["GET", "POST"], website=True)
    def portal_my_statement_paid(self, company_id=None, currency_id=None, **post):
        """Show, and take in, what the customer says to have paid: day, amount, reference, proof."""
        statement = self._chosen_statement(company_id, currency_id)
        if not statement or not statement["can_announce"]:
            return request.redirect("/my/statement")
        error = None
        if request.httprequest.method == "POST":
            error = self._answered(self._announce, statement, post)
            if not error:
                return request.redirect("/my/statement?told=1")
        values = self._answer_page_values(error, post, statement=statement)
        return request.render("adv_dunning.portal_my_statement_paid", values)

    def _announce(self, statement, post):
        day = self._posted_day(post.get("paid_on"))
        if not day or day > statement["today"]:
            raise UserError(request.env._("Choose the day you paid, today at the latest."))
        amount = self._posted_amount(post.get("amount"), statement["currency"])
        overdue = [line for line in statement["lines"] if line["days"] > 0 and line["amount"] > 0]
        # sudo: a customer has no right on promises; what is in it was checked here against their own account
        promise = request.env["adv.payment.promise"].sudo()
        promise = promise.create(
            {
                "kind": "announced",
                "partner_id": self._customer().id,
                "company_id": statement["company"].id,
                "currency_id": statement["currency"].id,
                "move_ids": [(6, 0, [line["move"].id for line in overdue])],
                "amount": min(amount, statement["overdue"]),
                "date": statement["today"],
                "date_made": statement["today"],
                "paid_on": day,
                "payment_reference": asked_text(request.env, post.get("reference"))[:100],
                "origin": "portal",
                "user_id": False,
            }
        )
        self._keep_file(promise, post.get("file"))

    # === CONTEST ===#

    @http.route(
        "/my/statement/contest/<int(max=2147483647):move_id>",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
    )
    def portal_my_statement_contest(self, move_id, **post):
        """Show, and take in, what the customer says is wrong with one of their own open invoices."""
        statement, line = self._own_line(move_id)
        if not line:
            return request.redirect("/my/statement")
        error = None
        if request.httprequest.method == "POST":
            error = self._answered(self._contest, statement, line, post)
            if not error:
                return request.redirect("/my/statement?told=1")
        # sudo: the reasons to choose from; a customer has no right on them
        reasons = request.env["adv.dispute.reason"].sudo()
        values = self._answer_page_values(
            error, post, statement=statement, line=line, reasons=reasons.search([])
        )
        return request.render("adv_dunning.portal_my_statement_contest", values)

    def _own_line(self, move_id):
        """Return the statement and the line of an invoice that the customer may contest, or Nones."""
        for statement in self._statements():
            for line in statement["lines"]:
                own = line["move"].id == move_id and line["move"].move_type == "out_invoice"
                if own and line["amount"] > 0 and move_id not in statement["disputed"]:
                    return self._chosen_statement(
                        str(statement["company"].id), str(statement["currency"].id)
                    ), line
        return None, None

    def _contest(self, statement, line, post):
        env = request.env
        chosen = asked_ids(env, int(post.get("reason_id") or 0) or None)
        # sudo: as above
        reason = env["adv.dispute.reason"].sudo().search([("id", "in", chosen)])
        note = asked_text(env, post.get("note"))[:2000]
        if not reason or not note:
            raise UserError(env._("Choose a reason and tell us what is wrong."))
        # sudo: a customer has no right on statistics; only who answers is read
        collector = env["adv.receivable.stats"].sudo()
        collector = collector.search(
            [("partner_id", "=", self._customer().id), ("company_id", "=", statement["company"].id)], limit=1
        ).user_id
        vals = {
            "move_id": line["move"].id,
            "reason_id": reason.id,
            "note": note,
            "date": statement["today"],
            "user_id": collector.id,
            "origin": "portal",
        }
        if post.get("amount"):
            vals["amount"] = self._posted_amount(post["amount"], statement["currency"])
        # sudo: a customer has no right on disputes; the invoice is one of theirs, checked above
        dispute = env["adv.dispute"].sudo().create(vals)
        self._keep_file(dispute, post.get("file"))

    # === SHARED ===#

    def _answered(self, take_in, *arguments):
        """Take an answer in; return why not, in the customer's words, or None."""
        try:
            with request.env.cr.savepoint():
                take_in(*arguments)
        except (UserError, ValidationError) as refusal:
            return str(refusal)
        except ValueError:
            return request.env._("Please check what you entered.")
        return None

    def _posted_amount(self, text, currency):
        amount = currency.round(float((text or "").replace(",", ".")))
        if not 0 < amount < 1e12:
            raise UserError(request.env._("Enter an amount above zero."))
        return amount

    def _keep_file(self, record, upload):
        """Attach an uploaded proof to a record: a PDF or a picture of at most 10 MB."""
        if not upload or not upload.filename:
            return
        content = upload.read(FILE_BYTES + 1)
        if len(content) > FILE_BYTES:
            raise UserError(request.env._("The file is larger than 10 MB."))
        if guess_mimetype(content) not in FILE_KINDS:
            raise UserError(request.env._("Send a PDF or a picture (PNG, JPEG)."))
        record.message_post(
            body=request.env._("Sent by the customer."),
            attachments=[(upload.filename[:100], content)],
            author_id=request.env.user.partner_id.id,
        )

    def _answer_page_values(self, error, post, **values):
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "statement",
            "error": error,
            "entered": post,
            **values,
        }
