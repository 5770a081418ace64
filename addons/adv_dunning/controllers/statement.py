from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Statement(http.Controller):
    @http.route(
        "/adv_dunning/statement/<int(max=2147483647):stats_id>", type="http", auth="user", readonly=True
    )
    def statement(self, stats_id):
        """Download a customer's statement as a workbook; the reader's own rights decide."""
        stats = request.env["adv.receivable.stats"].browse(stats_id).exists()
        if not stats or not stats.has_access("read"):
            raise request.not_found()
        name, content = stats._statement_workbook(stats.company_id._adv_today())
        return request.make_response(
            content, [("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))]
        )
