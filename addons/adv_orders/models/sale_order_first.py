from odoo import api, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """The first order of a customer in a company: the earliest confirmed one that was not cancelled."""

    _inherit = "sale.order"

    _adv_is_first_order_index = models.Index("(adv_commercial_partner_id) WHERE adv_is_first_order")

    # CRUD

    def write(self, vals):
        touched = self._adv_touched_first(vals)
        keys = touched._adv_first_keys()
        result = super().write(vals)
        if keys:
            self._adv_mark_first(keys | touched._adv_first_keys())
        return result

    def _adv_touched_first(self, vals):
        """Return those of ``self`` (sudo) after whose change by ``vals`` another order may be first."""
        orders = self.sudo()  # sudo: the mark is kept whoever writes
        if vals.get("state", "sale") != "sale":
            return orders.filtered("adv_is_first_order")
        if "partner_id" in vals or "company_id" in vals:
            return orders.filtered(lambda order: order.state == "sale")
        return orders.browse()

    # BUSINESS

    def _adv_first_key(self):
        """Return (company id, customer id): for each there is one first order."""
        # history that the job has not reached yet does not know its customer
        customer = self.adv_commercial_partner_id or self.partner_id.commercial_partner_id
        return self.company_id.id, customer.id

    def _adv_first_keys(self):
        return {order._adv_first_key() for order in self}

    def _adv_first_orders(self):
        """Return those of ``self`` that would be their customer's first order in the company."""
        known, first = set(self._adv_earliest(self._adv_first_keys(), without=self)), self.browse()
        for order in self.sorted(lambda order: (order.date_order, order.id)):
            key = order._adv_first_key()
            if key not in known:
                known.add(key)
                first |= order
        return first

    def _adv_take_first(self):
        """Return those of ``self``, being confirmed, that are first; what came later loses the mark."""
        known = self._adv_earliest(self._adv_first_keys(), without=self)
        first, later = {}, []
        for order in self.sorted(lambda order: (order.date_order, order.id)):
            first.setdefault(order._adv_first_key(), order)
        for key, (date, order_id) in known.items():
            if (date, order_id) < (first[key].date_order, first[key].id):
                del first[key]
            else:
                later.append(order_id)
        if later:
            self.browse(later)._adv_set_facts({"adv_is_first_order": False})
        self._adv_meet({key[1] for key in first})
        return self.browse(order.id for order in first.values())

    @api.model
    def _adv_meet(self, partners):
        """Let first orders of one customer that are confirmed at the same moment meet at its card.

        Neither sees the other: PostgreSQL refuses to write what was written meanwhile, and who came second is
        tried again and then sees the first.
        """
        if partners:
            self.env.cr.execute(
                SQL(
                    """UPDATE res_partner SET write_date = partner.write_date
                         FROM (SELECT id, write_date FROM res_partner WHERE id IN %s ORDER BY id
                                  FOR NO KEY UPDATE) AS partner
                        WHERE partner.id = res_partner.id""",
                    tuple(partners),
                ),
                log_exceptions=False,
            )

    @api.model
    def _adv_mark_first(self, keys):
        """Mark the first order of these customers, and no other of theirs.

        :param keys: set of (company id, customer id)
        """
        companies, partners = ({key[rank] for key in keys} for rank in (0, 1))
        orders = self.sudo()  # sudo: the mark is kept whoever writes
        marked = orders.search(
            [
                ("adv_is_first_order", "=", True),
                ("adv_commercial_partner_id", "in", partners),
                ("company_id", "in", companies),
            ]
        ).filtered(lambda order: order._adv_first_key() in keys)
        first = orders.browse(order_id for _date, order_id in self._adv_earliest(keys).values())
        for changed, is_first in ((marked - first, False), (first - marked, True)):
            if changed:
                changed._adv_set_facts({"adv_is_first_order": is_first})

    @api.model
    def _adv_earliest(self, keys, without=()):
        """Return {key: (moment, id)} of the first confirmed order of each customer that has one.

        Each is the first entry of an index, however many orders the customer has.

        :param keys: set of (company id, customer id)
        :param without: orders that are left out
        """
        if not keys:
            return {}
        self.flush_model(["adv_commercial_partner_id", "adv_confirmed_date", "company_id", "state"])
        ids = tuple(order.id for order in without) or (0,)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.company_id, customer.partner_id, earliest.adv_confirmed_date, earliest.id
                  FROM (VALUES %(keys)s) AS customer (company_id, partner_id)
                  JOIN LATERAL (
                       SELECT so.id, so.adv_confirmed_date
                         FROM sale_order so
                        WHERE so.adv_commercial_partner_id = customer.partner_id
                          AND so.company_id = customer.company_id AND so.state = 'sale'
                          AND so.adv_confirmed_date IS NOT NULL AND so.id NOT IN %(ids)s
                        ORDER BY so.adv_confirmed_date, so.id
                        LIMIT 1) AS earliest ON TRUE
                """,
                keys=SQL(", ").join(SQL("%s", key) for key in sorted(keys)),
                ids=ids,
            )
        )
        return {(company, partner): (date, order) for company, partner, date, order in rows}
