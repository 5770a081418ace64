from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.tools import SQL

from ..tools import commit_step, event_now

HABIT_MONTHS = 24
SOURCES = {
    "sale.order": None,
    "sale.order.line": None,
    "adv.order.error": None,
    "adv.agreement": None,
    "adv.request": None,
    "rating.rating": None,
    "stock.picking": ["state", "date_done", "sale_id", "location_id"],
    "res.partner": ["commercial_partner_id", "user_id"],
}


class AdvPartnerStats(models.Model):
    """The recomputation: set-based, one company at a time, the same statements for 50 or 50,000 customers.

    Running it again gives the same rows. Who was snoozed stays so until the customer orders again.
    """

    _inherit = "adv.partner.stats"

    @api.model
    def _adv_cron_recompute(self):
        """Work out the figures of every company, each in its own transaction."""
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            _done, left = commit_step(self.env, lambda company=company: self._adv_recompute(company) or 1)
            if not left:
                return

    @api.model
    def _adv_recompute(self, company, partners=None):
        """Work out the figures of ``company``: of all its customers, or of some.

        :param partners: commercial partners; each gets a row even when it never ordered
        """
        for name, field_names in SOURCES.items():
            self.env[name].flush_model(field_names)
        self.flush_model()
        scope = self._adv_recompute_scope(company, partners)
        self.env.cr.execute(self._adv_sql_upsert(scope))
        self.env.cr.execute(self._adv_sql_delete_products(scope))
        self.env.cr.execute(self._adv_sql_insert_products(scope))
        self.invalidate_model()
        self.env["adv.partner.stats.product"].invalidate_model()

    @api.model
    def _adv_recompute_scope(self, company, partners):
        now, today = event_now(self.env), company._adv_date(event_now(self.env))
        start = company._adv_day_bounds(today - relativedelta(years=1), today)[0]
        habit_start = company._adv_day_bounds(today - relativedelta(months=HABIT_MONTHS), today)[0]
        ids = tuple(partners.ids) if partners is not None else None
        return {
            "company": company.id,
            "zone": company.adv_tz or "Europe/Paris",
            "digits": company.currency_id.decimal_places,
            "tolerance": company.adv_habit_tolerance,
            "now": now,
            "today": today,
            "start": start,
            "habit_start": habit_start,
            "uid": self.env.uid,
            "partners": ids,
        }

    @api.model
    def _adv_sql_only(self, scope, column):
        """Restrict ``column`` to the customers of the scope."""
        return (
            SQL("TRUE") if scope["partners"] is None else SQL("%s IN %s", column, scope["partners"] or (0,))
        )

    @api.model
    def _adv_sql_upsert(self, scope):
        names = [
            "period_start",
            "computed_date",
            "user_id",
            "order_count",
            "amount",
            "mean_basket",
            "first_order_date",
            "last_order_date",
            "interval_days",
            "next_order_date",
            "overdue_date",
            "delivered_count",
            "on_time_rate",
            "in_full_rate",
            "error_caught",
            "error_escaped",
            "return_count",
            "confirm_days",
            "request_count",
            "rating_count",
            "satisfaction",
            "agreement_count",
            "write_uid",
            "write_date",
        ]
        return SQL(
            """
            WITH %(tables)s
            INSERT INTO adv_partner_stats (
                partner_id, company_id, create_uid, create_date, %(columns)s
            )
            %(select)s
            ON CONFLICT (partner_id, company_id) DO UPDATE SET
                snooze_until = CASE
                    WHEN excluded.last_order_date IS NOT DISTINCT FROM adv_partner_stats.last_order_date
                    THEN adv_partner_stats.snooze_until END,
                %(updates)s
            """,
            tables=SQL(", ").join(self._adv_sql_tables(scope)),
            columns=SQL(", ").join(SQL.identifier(name) for name in names),
            select=self._adv_sql_select(scope),
            updates=SQL(", ").join(
                SQL("%s = excluded.%s", SQL.identifier(name), SQL.identifier(name)) for name in names
            ),
        )

    @api.model
    def _adv_sql_select(self, scope):
        return SQL(
            """
            SELECT customer.partner_id, %(company)s, %(uid)s, now() AT TIME ZONE 'UTC',
                   %(start)s, %(now)s,
                   partner.user_id,
                   COALESCE(volume.order_count, 0),
                   COALESCE(volume.amount, 0),
                   COALESCE(round(volume.amount / NULLIF(volume.order_count, 0), %(digits)s), 0),
                   volume.first_date,
                   volume.last_date,
                   habit.interval_days,
                   volume.last_day + round(habit.interval_days)::int,
                   volume.last_day + round(habit.interval_days)::int
                       + ceil(greatest(habit.interval_days * %(tolerance)s / 100.0, 2))::int,
                   COALESCE(volume.delivered_count, 0),
                   volume.on_time::float / NULLIF(volume.delivered_count, 0),
                   volume.in_full::float / NULLIF(volume.delivered_count, 0),
                   COALESCE(mistake.caught, 0),
                   COALESCE(mistake.escaped, 0),
                   COALESCE(give_back.return_count, 0),
                   volume.confirm_days,
                   COALESCE(asked.request_count, 0),
                   COALESCE(asked.rating_count, 0),
                   asked.satisfaction,
                   COALESCE(agreed.agreement_count, 0),
                   %(uid)s, now() AT TIME ZONE 'UTC'
              FROM customer
              JOIN res_partner partner ON partner.id = customer.partner_id
              LEFT JOIN volume ON volume.partner_id = customer.partner_id
              LEFT JOIN habit ON habit.partner_id = customer.partner_id
              LEFT JOIN mistake ON mistake.partner_id = customer.partner_id
              LEFT JOIN give_back ON give_back.partner_id = customer.partner_id
              LEFT JOIN asked ON asked.partner_id = customer.partner_id
              LEFT JOIN agreed ON agreed.partner_id = customer.partner_id
             ORDER BY customer.partner_id
            """,
            **{name: scope[name] for name in ("company", "uid", "start", "now", "digits", "tolerance")},
        )

    @api.model
    def _adv_sql_tables(self, scope):
        """Return the tables that ``_adv_sql_select`` joins, one row a customer each."""
        return [
            self._adv_sql_orders(scope),
            self._adv_sql_volume(scope),
            self._adv_sql_habit(scope),
            self._adv_sql_mistakes(scope),
            self._adv_sql_returns(scope),
            self._adv_sql_requests(scope),
            self._adv_sql_agreements(scope),
            self._adv_sql_customers(scope),
        ]

    @api.model
    def _adv_sql_orders(self, scope):
        return SQL(
            """
            confirmed AS (
                SELECT so.id, so.adv_commercial_partner_id AS partner_id, so.adv_confirmed_date AS date,
                       (so.adv_confirmed_date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                       so.adv_amount_company AS amount, so.adv_received_date AS received_date,
                       so.adv_delivered_date AS delivered_date, so.adv_is_on_time AS on_time,
                       so.adv_is_in_full AS in_full
                  FROM sale_order so
                 WHERE so.company_id = %(company)s AND so.state = 'sale'
                   AND so.adv_confirmed_date <= %(now)s
                   AND so.adv_commercial_partner_id IS NOT NULL AND %(only)s
            )
            """,
            zone=scope["zone"],
            company=scope["company"],
            now=scope["now"],
            only=self._adv_sql_only(scope, SQL("so.adv_commercial_partner_id")),
        )

    @api.model
    def _adv_sql_customers(self, scope):
        asked = scope["partners"] or (0,)
        known = SQL(
            "SELECT partner_id FROM adv_partner_stats WHERE company_id = %s AND %s",
            scope["company"],
            self._adv_sql_only(scope, SQL("partner_id")),
        )
        return SQL(
            """
            customer AS (
                SELECT partner_id FROM confirmed
                UNION SELECT partner_id FROM mistake
                UNION SELECT partner_id FROM asked
                UNION SELECT partner_id FROM agreed
                UNION %(known)s
                UNION SELECT id FROM res_partner WHERE id IN %(asked)s
            )
            """,
            known=known,
            asked=asked,
        )

    @api.model
    def _adv_sql_volume(self, scope):
        return SQL(
            """
            volume AS (
                SELECT partner_id,
                       count(*) FILTER (WHERE date >= %(start)s) AS order_count,
                       COALESCE(sum(amount) FILTER (WHERE date >= %(start)s), 0) AS amount,
                       min(date) AS first_date, max(date) AS last_date, max(day) AS last_day,
                       count(*) FILTER (WHERE %(delivered)s) AS delivered_count,
                       count(*) FILTER (WHERE %(delivered)s AND on_time) AS on_time,
                       count(*) FILTER (WHERE %(delivered)s AND in_full) AS in_full,
                       avg(greatest(extract(epoch FROM date - received_date), 0) / 86400.0)
                           FILTER (WHERE date >= %(start)s) AS confirm_days
                  FROM confirmed
                 GROUP BY partner_id
            )
            """,
            start=scope["start"],
            delivered=SQL("delivered_date >= %s AND delivered_date <= %s", scope["start"], scope["now"]),
        )

    @api.model
    def _adv_sql_habit(self, scope):
        """Median of the days between two days with orders; at least two such intervals."""
        return SQL(
            """
            habit AS (
                SELECT partner_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS interval_days
                  FROM (
                        SELECT partner_id, day - lag(day) OVER (PARTITION BY partner_id ORDER BY day) AS gap
                          FROM (SELECT DISTINCT partner_id, day FROM confirmed WHERE date >= %s) days
                       ) gaps
                 WHERE gap IS NOT NULL
                 GROUP BY partner_id
                HAVING count(*) >= 2
            )
            """,
            scope["habit_start"],
        )

    @api.model
    def _adv_sql_mistakes(self, scope):
        return SQL(
            """
            mistake AS (
                SELECT partner.commercial_partner_id AS partner_id,
                       count(*) FILTER (WHERE error.escaped) AS escaped,
                       count(*) FILTER (WHERE error.escaped IS NOT TRUE) AS caught
                  FROM adv_order_error error
                  JOIN res_partner partner ON partner.id = error.partner_id
                 WHERE error.company_id = %(company)s AND error.state = 'open'
                   AND error.date >= %(start)s AND error.date <= %(now)s AND %(only)s
                 GROUP BY partner.commercial_partner_id
            )
            """,
            company=scope["company"],
            start=scope["start"],
            now=scope["now"],
            only=self._adv_sql_only(scope, SQL("partner.commercial_partner_id")),
        )

    @api.model
    def _adv_sql_returns(self, scope):
        return SQL(
            """
            give_back AS (
                SELECT so.adv_commercial_partner_id AS partner_id, count(*) AS return_count
                  FROM stock_picking picking
                  JOIN sale_order so ON so.id = picking.sale_id
                  JOIN stock_location origin ON origin.id = picking.location_id
                 WHERE picking.company_id = %(company)s AND picking.state = 'done'
                   AND origin.usage = 'customer'
                   AND picking.date_done >= %(start)s AND picking.date_done <= %(now)s AND %(only)s
                 GROUP BY so.adv_commercial_partner_id
            )
            """,
            company=scope["company"],
            start=scope["start"],
            now=scope["now"],
            only=self._adv_sql_only(scope, SQL("so.adv_commercial_partner_id")),
        )

    @api.model
    def _adv_sql_requests(self, scope):
        """Requests received, how many were rated, and the share of 4 and 5 among these."""
        return SQL(
            """
            asked AS (
                SELECT request.commercial_partner_id AS partner_id,
                       count(DISTINCT request.id) AS request_count,
                       count(rating.id) AS rating_count,
                       (count(*) FILTER (WHERE rating.rating >= 4))::float
                           / NULLIF(count(rating.id), 0) AS satisfaction
                  FROM adv_request request
                  LEFT JOIN rating_rating rating
                    ON rating.res_model = 'adv.request' AND rating.res_id = request.id AND rating.consumed
                   AND rating.rating >= 1
                 WHERE request.company_id = %(company)s AND request.commercial_partner_id IS NOT NULL
                   AND request.received_date >= %(start)s AND request.received_date <= %(now)s AND %(only)s
                 GROUP BY request.commercial_partner_id
            )
            """,
            company=scope["company"],
            start=scope["start"],
            now=scope["now"],
            only=self._adv_sql_only(scope, SQL("request.commercial_partner_id")),
        )

    @api.model
    def _adv_sql_agreements(self, scope):
        return SQL(
            """
            agreed AS (
                SELECT partner.commercial_partner_id AS partner_id, count(*) AS agreement_count
                  FROM adv_agreement agreement
                  JOIN res_partner partner ON partner.id = agreement.partner_id
                 WHERE agreement.company_id = %(company)s AND agreement.state = 'active'
                   AND agreement.date_from <= %(today)s
                   AND (agreement.date_to IS NULL OR agreement.date_to >= %(today)s) AND %(only)s
                 GROUP BY partner.commercial_partner_id
            )
            """,
            company=scope["company"],
            today=scope["today"],
            only=self._adv_sql_only(scope, SQL("partner.commercial_partner_id")),
        )
