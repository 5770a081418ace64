from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from werkzeug.exceptions import NotFound

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..tools import asked_ids, asked_text

PORTAL_KINDS = ("question", "change", "document", "complaint")
SUBJECT, TEXT = 120, 5000


class RequestPortal(CustomerPortal):
    """Customers see their requests and ask new ones, also about an order whose link they have."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "adv_request_count" in counters:
            requests = request.env["adv.request"]
            values["adv_request_count"] = (
                requests.search_count(self._adv_requests_domain()) if requests.has_access("read") else 0
            )
        return values

    def _adv_requests_domain(self):
        company = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "child_of", company.ids)]

    # PAGES

    # cannot be read-only: links to the requests give them their access token
    @http.route(["/my/requests", "/my/requests/page/<int:page>"], type="http", auth="user", website=True)
    def adv_my_requests(self, page=1, **_kwargs):
        """List the requests of the customer's company, those that wait first."""
        domain = self._adv_requests_domain()
        requests = request.env["adv.request"]
        pages = pager(
            url="/my/requests", total=requests.search_count(domain), page=page, step=self._items_per_page
        )
        found = requests.search(
            domain, order="received_date desc, id desc", limit=self._items_per_page, offset=pages["offset"]
        )
        values = self._prepare_portal_layout_values()
        values.update(
            {
                # sudo: what the list shows, of requests that the rules let the customer read
                "requests": found.sudo(),
                "page_name": "adv_requests",
                "pager": pages,
                "default_url": "/my/requests",
            }
        )
        return request.render("adv_orders.portal_my_requests", values)

    @http.route("/my/requests/<int(max=2147483647):request_id>", type="http", auth="public", website=True)
    def adv_my_request(self, request_id, access_token=None, **_kwargs):
        """Show one request and its messages to its customer, or to who has its link."""
        try:
            record = self._document_check_access("adv.request", request_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = self._get_page_view_values(
            record, access_token, {"adv_request": record, "page_name": "adv_requests"}, False, False
        )
        return request.render("adv_orders.portal_my_request", values)

    @http.route("/my/requests/new", type="http", auth="user", website=True)
    def adv_new_request(self, order_id=None, **_kwargs):
        """Show the form that asks something, about an order or in general."""
        order = self._adv_order(order_id, None)
        return self._adv_form(order, None, {})

    @http.route("/my/orders/<int(max=2147483647):order_id>/ask", type="http", auth="public", website=True)
    def adv_ask_about_order(self, order_id, access_token=None, **_kwargs):
        """Show the form that asks something about an order."""
        return self._adv_form(self._adv_order(order_id, access_token), access_token, {})

    @http.route("/my/requests/ask", type="http", auth="public", methods=["POST"], website=True)
    def adv_send_request(
        self, order_id=None, access_token=None, kind=None, subject=None, text=None, **_kwargs
    ):
        """Make the request of a customer and show it."""
        order = self._adv_order(order_id, access_token)
        if not order and request.env.user._is_public():
            raise NotFound()
        subject = asked_text(request.env, subject)[:SUBJECT]
        text = asked_text(request.env, text)[:TEXT]
        if not text or kind not in PORTAL_KINDS:
            wrong = {"kind": kind, "subject": subject, "text": text, "missing": True}
            return self._adv_form(order, access_token, wrong)
        record = self._adv_create_request(order, kind, subject, text)
        return request.redirect(record.get_portal_url())

    # HELPERS

    def _adv_order(self, order_id, access_token):
        """Return the order (sudo) that the visitor may see, or none.

        :raise NotFound: for an order that is not the visitor's
        """
        # sudo: an empty recordset
        orders = request.env["sale.order"].sudo()
        if not order_id:
            return orders
        try:
            return self._document_check_access(
                "sale.order", asked_ids(request.env, int(order_id))[0], access_token
            )
        except (AccessError, MissingError, UserError, ValueError) as error:
            raise NotFound() from error

    def _adv_form(self, order, access_token, filled):
        values = self._prepare_portal_layout_values() if not request.env.user._is_public() else {}
        kinds = dict(request.env["adv.request"]._fields["kind"]._description_selection(request.env))
        values.update(
            {
                "order": order,
                "access_token": access_token,
                "kinds": [(kind, kinds[kind]) for kind in PORTAL_KINDS],
                "filled": filled,
                "page_name": "adv_requests",
            }
        )
        return request.render("adv_orders.portal_new_request", values)

    def _adv_create_request(self, order, kind, subject, text):
        user = request.env.user
        partner = order.partner_id if user._is_public() or not user.share else user.partner_id
        if order and partner.commercial_partner_id != order.partner_id.commercial_partner_id:
            partner = order.partner_id
        company = order.company_id or user.company_id or request.env.company
        # sudo: a customer asks for themselves, with what was checked above
        requests = request.env["adv.request"].sudo().with_company(company)
        about = request.env._("About %s", order.name) if order else text.split("\n", 1)[0][:SUBJECT]
        return requests.create(
            {
                "name": subject or about,
                "kind": kind,
                "channel": "portal",
                "partner_id": (partner or user.partner_id).id,
                "order_id": order.id,
                "company_id": company.id,
                "description": text,
            }
        )
