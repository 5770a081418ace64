from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

BATCH = 1000
LONGEST_MONTHS = 1200  # beyond, the calendar ends


class AdvOrderError(models.Model):
    """Who made an error is personal data: kept only where the company wants it, and not for long."""

    _inherit = "adv.order.error"

    @api.autovacuum
    def _gc_authors(self, limit=BATCH):
        """Forget the authors whose retention has passed, or whose company keeps none any more."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH old AS MATERIALIZED (
                    SELECT error.id
                      FROM adv_order_error error
                      JOIN res_company company ON company.id = error.company_id
                     WHERE error.author_id IS NOT NULL
                       AND (company.adv_error_authors IS NOT TRUE
                            OR error.date < %(now)s - make_interval(months => company.adv_author_months))
                     LIMIT %(limit)s
                       FOR UPDATE OF error SKIP LOCKED
                )
                UPDATE adv_order_error
                   SET author_id = NULL
                  FROM old
                 WHERE old.id = adv_order_error.id
                RETURNING old.id
                """,
                now=fields.Datetime.now(),
                limit=limit,
            )
        )
        self.invalidate_model(["author_id"])
        return len(rows), len(rows) == limit


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_author_months = fields.Integer(
        string="Forget authors after",
        default=12,
        required=True,
        help="Months after which the name of who made an error is erased.",
    )

    @api.constrains("adv_author_months")
    def _check_adv_author_months(self):
        if any(not 1 <= company.adv_author_months <= LONGEST_MONTHS for company in self):
            raise ValidationError(
                self.env._("Names of authors are kept for one month at least and %s at most.", LONGEST_MONTHS)
            )

    def write(self, vals):
        """Names are erased as soon as a company keeps them no longer."""
        result = super().write(vals)
        if "adv_error_authors" in vals and not vals["adv_error_authors"]:
            # sudo: whoever may change the setting erases what it was for, batch by batch
            errors = self.env["adv.order.error"].sudo()
            while errors._gc_authors()[1]:
                pass
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_author_months = fields.Integer(related="company_id.adv_author_months", readonly=False)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _adv_entry_author(self):
        """Return who entered the order, or nobody when it came by itself or from the customer."""
        user = self.create_uid
        return user.browse() if user._is_superuser() or user.share else user
