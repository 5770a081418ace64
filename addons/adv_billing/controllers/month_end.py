from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MonthEnd(http.Controller):
    @http.route(
        "/adv_billing/month_end/<int(min=1,max=2147483647):pack_id>", type="http", auth="user", readonly=True
    )
    def month_end(self, pack_id):
        """Return the month-end pack as a workbook, to those who may read it."""
        pack = request.env["adv.month.end"].browse(pack_id)
        try:
            pack.check_access("read")
            content = pack._adv_workbook()
        except (AccessError, MissingError):
            raise request.not_found() from None
        name = f"{pack.display_name}.xlsx".replace("/", "-")
        headers = [("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))]
        return request.make_response(content, headers)
