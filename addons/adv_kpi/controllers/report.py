import json

from odoo.http import Controller, content_disposition, request, route

from ..models.adv_kpi_subscription import XLSX


class ReportController(Controller):
    """The workbook of the figures, with the reader's own rights."""

    @route("/adv_kpi/report.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def report(self, date_from=None, date_to=None, comparison="previous_year", filters="{}", cids=""):
        """Return the workbook of a period.

        :param comparison: 'previous_year', 'previous_period' or 'none'
        :param filters: JSON of the filters of `get_values`
        :param cids: ids of the active companies, separated by commas
        """
        company_ids = [int(part) for part in cids.split(",") if part.isdecimal()]
        try:
            chosen = json.loads(filters)
        except ValueError:
            raise request.not_found() from None
        kpi = request.env["adv.kpi"]
        if company_ids:
            kpi = kpi.with_context(allowed_company_ids=company_ids)
        content = kpi._get_workbook(date_from, date_to, None if comparison == "none" else comparison, chosen)
        name = f"adv-{date_from}-{date_to}.xlsx"
        return request.make_response(
            content, headers=[("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))]
        )
