from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal


class AdvCustomerPortal(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        """No customer reads, prints, signs or pays an offer that the company has not approved yet."""
        document = super()._document_check_access(model_name, document_id, access_token=access_token)
        if model_name == "sale.order" and request.env.user.share and document._adv_not_to_send():
            raise AccessError(request.env._("This quotation is not ready yet."))
        return document

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
            order = super()._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return None
        return order if order._adv_not_to_send() else None
