from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..tools.asked import LARGEST_ID


class AdvCustomerPortal(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        """No customer reads, prints, signs or pays an offer that the company has not approved yet."""
        document = self._adv_document(model_name, document_id, access_token)
        if model_name == "sale.order" and request.env.user.share and document._adv_not_to_send():
            raise AccessError(request.env._("This quotation is not ready yet."))
        return document

    def _adv_document(self, model_name, document_id, access_token):
        """Odoo's check of a link, without what it stumbles over: numbers beyond those of the database, and
        tokens that are not ASCII, which cannot be compared in constant time."""
        if isinstance(document_id, int) and document_id > LARGEST_ID:
            raise MissingError(request.env._("This document does not exist."))
        if access_token and not str(access_token).isascii():
            access_token = None
        return super()._document_check_access(model_name, document_id, access_token=access_token)

    @route()
    def portal_order_page(self, order_id, access_token=None, **kwargs):
        waiting = self._adv_waiting_quotation(order_id, access_token)
        if waiting:
            values = {"sale_order": waiting, "page_name": "quote", "no_breadcrumbs": True}
            return request.render("adv_orders.portal_quotation_not_ready", values)
        return super().portal_order_page(order_id, access_token=access_token, **kwargs)

    def _adv_waiting_quotation(self, order_id, access_token):
        """Return the quotation that a customer may see but is not ready, else None."""
        if not request.env.user.share:
            return None
        try:
            order = self._adv_document("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return None
        return order if order._adv_not_to_send() else None
