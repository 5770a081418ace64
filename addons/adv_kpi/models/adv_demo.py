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

        # Odoo installs an addon whose demo data fails without it, but takes back in the database alone: here
        # what was not written yet, and would be by the installation, is forgotten as well
        with self.env.cr.savepoint():
            return load(self.env, self.env.company._adv_today())
