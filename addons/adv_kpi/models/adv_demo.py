from odoo import api, models


class AdvDemo(models.AbstractModel):
    """Makes the demo history; the code is in demo/, read only when demo data is installed."""

    _name = "adv.demo"
    _description = "Demo history"

    @api.model
    def _adv_load(self):
        """Make a wholesaler with thirteen months up to today, in a company of its own; once.

        :return: the company
        """
        company = self.env.ref("adv_kpi.demo_company", raise_if_not_found=False)
        if company:
            return company
        from ..demo import load

        return load(self.env, self.env.company._adv_today())
