"""The statements of the month-end pack; each gives the same columns."""

from odoo.tools import SQL


def _places():
    """Stock locations, and whether goods there have left us: as ``stock.location._adv_is_customers``."""
    return SQL(
        """(SELECT id, usage = 'customer' OR usage = 'transit' AND company_id IS NULL AS is_customers
              FROM stock_location)"""
    )


def _moved(company, end):
    """What left for the customer and came back by order line, in the line's unit, up to ``end`` (UTC)."""
    return SQL(
        """
        SELECT move.sale_line_id AS id,
               SUM(CASE WHEN target.is_customers AND counts THEN quantity.line_unit ELSE 0 END) AS sent,
               SUM(CASE WHEN NOT target.is_customers AND move.to_refund THEN quantity.line_unit
                        ELSE 0 END) AS returned,
               MAX(move.date) FILTER (WHERE target.is_customers) AS last_sent,
               MIN(move.date) FILTER (WHERE NOT target.is_customers AND move.to_refund) AS first_returned,
               MAX(move.date) FILTER (WHERE NOT target.is_customers) AS last_returned
          FROM stock_move move
          JOIN %(places)s AS source ON source.id = move.location_id
          JOIN %(places)s AS target ON target.id = move.location_dest_id
          JOIN sale_order_line line ON line.id = move.sale_line_id AND line.product_id = move.product_id
          JOIN uom_uom done_unit ON done_unit.id = move.product_uom
          JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
          JOIN LATERAL (
               SELECT move.quantity::numeric * done_unit.factor::numeric
                      / line_unit.factor::numeric AS line_unit
          ) AS quantity ON TRUE
          CROSS JOIN LATERAL (
               SELECT move.to_refund IS TRUE OR move.origin_returned_move_id IS NULL AS counts
          ) AS again  -- what came back for a repair was never credited: leaving again it is not sold again
         WHERE move.state = 'done' AND move.date < %(end)s AND move.company_id = %(company)s
           AND source.is_customers != target.is_customers
         GROUP BY move.sale_line_id
        """,
        end=end,
        company=company.id,
        places=_places(),
    )


def _billed(company, date):
    """What was billed by order line up to ``date``; credit notes on the price only leave the quantity."""
    return SQL(
        """
        SELECT rel.order_line_id AS id, MAX(invoice.invoice_date) AS last_billed,
               SUM(CASE WHEN invoice.move_type = 'out_invoice' THEN 1
                        WHEN reason.keeps_quantity THEN 0 ELSE -1 END
                   * item.quantity * item_unit.factor::numeric / line_unit.factor::numeric) AS billed
          FROM sale_order_line_invoice_rel rel
          JOIN account_move_line item ON item.id = rel.invoice_line_id
          JOIN account_move invoice ON invoice.id = item.move_id
          LEFT JOIN adv_credit_reason reason ON reason.id = invoice.adv_credit_reason_id
          JOIN sale_order_line line ON line.id = rel.order_line_id
          JOIN uom_uom item_unit ON item_unit.id = item.product_uom_id
          JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
         WHERE invoice.state = 'posted' AND invoice.date <= %(date)s AND invoice.company_id = %(company)s
           AND invoice.move_type IN ('out_invoice', 'out_refund')
         GROUP BY rel.order_line_id
        """,
        date=date,
        company=company.id,
    )


def _credited(date):
    """What was credited of `line` up to ``date`` since it first came back: earlier notes put else right."""
    return SQL(
        """
        SELECT SUM(item.quantity * item_unit.factor::numeric / line_unit.factor::numeric) AS quantity
          FROM sale_order_line_invoice_rel rel
          JOIN account_move_line item ON item.id = rel.invoice_line_id
          JOIN account_move note ON note.id = item.move_id AND note.move_type = 'out_refund'
               AND note.state = 'posted' AND note.date <= %(date)s
          LEFT JOIN adv_credit_reason reason ON reason.id = note.adv_credit_reason_id
          JOIN uom_uom item_unit ON item_unit.id = item.product_uom_id
          JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
         WHERE rel.order_line_id = line.id AND reason.keeps_quantity IS NOT TRUE
           AND note.invoice_date >= day.first_returned AND total.billed > total.delivered
        """,
        date=date,
    )


def _closed(end):
    """Whether nothing of the order `sale` was to leave any more at ``end``, as the list of what to credit.

    When the rest was cancelled is when its moves were last written.
    """
    return SQL(
        """
        SELECT sale.adv_delivered_date < %(end)s AND NOT EXISTS (
               SELECT FROM stock_move rest
                 JOIN sale_order_line other ON other.id = rest.sale_line_id
                 JOIN %(places)s AS target ON target.id = rest.location_dest_id AND target.is_customers
                WHERE other.order_id = sale.id AND rest.state = 'cancel' AND rest.write_date >= %(end)s
               ) AS is_closed
         WHERE total.billed > total.delivered
        """,
        end=end,
        places=_places(),
    )


def _performed(company, date, end):
    """What was done of the services billed as they are done, by order line, up to the end of ``date``.

    By hand: the last quantity that was entered by then. What was entered before the company kept these
    entries is not known, unless it was nothing. By analytic lines: those dated by then. By other means of
    other addons: not known. Services billed when ordered are left out: nobody enters what was done of them.
    """
    return SQL(
        """
        SELECT line.id, done.quantity AS sent, done.moment AS last_sent, done.known
          FROM sale_order_line line
          JOIN sale_order sale ON sale.id = line.order_id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
               AND template.type = 'service' AND template.invoice_policy = 'delivery'
          JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
          LEFT JOIN LATERAL (
               SELECT entry.quantity, entry.date FROM adv_service_delivery entry
                WHERE entry.order_line_id = line.id AND entry.date < %(end)s
                ORDER BY entry.date DESC, entry.id DESC LIMIT 1
          ) AS before ON TRUE
          LEFT JOIN LATERAL (
               SELECT entry.previous FROM adv_service_delivery entry
                WHERE entry.order_line_id = line.id AND entry.date >= %(end)s
                ORDER BY entry.date, entry.id LIMIT 1
          ) AS after ON before.quantity IS NULL
          LEFT JOIN LATERAL (
               SELECT SUM(part.quantity) AS quantity, MAX(part.date) AS date FROM (
                   SELECT DISTINCT ON (COALESCE(item.move_line_id, -item.id)) item.date,
                          item.unit_amount * unit.factor::numeric / line_unit.factor::numeric AS quantity
                     FROM account_analytic_line item JOIN uom_uom unit ON unit.id = item.product_uom_id
                    WHERE item.so_line = line.id AND item.date <= %(date)s
                      AND (line.qty_delivered_method != 'analytic' OR item.amount <= 0)
               ) AS part
          ) AS analytic ON line.qty_delivered_method IN ('analytic', 'timesheet')
          CROSS JOIN LATERAL (
               SELECT COALESCE(before.quantity, after.previous, line.qty_delivered, 0)::numeric AS quantity
          ) AS entered
          CROSS JOIN LATERAL (
               SELECT CASE WHEN line.qty_delivered_method IN ('analytic', 'timesheet')
                           THEN COALESCE(analytic.quantity, 0)::numeric ELSE entered.quantity END AS quantity,
                      COALESCE(before.date, analytic.date::timestamp, sale.date_order) AS moment,
                      CASE line.qty_delivered_method
                           WHEN 'manual' THEN before.quantity IS NOT NULL OR entered.quantity = 0
                                OR %(date)s >= %(since)s::date
                           ELSE line.qty_delivered_method IN ('analytic', 'timesheet') END AS known
          ) AS done
         WHERE sale.company_id = %(company)s AND sale.state = 'sale' AND sale.date_order < %(end)s
           AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
        """,
        date=date,
        end=end,
        since=company.adv_services_since,
        company=company.id,
    )


def _delivered(company, date, end, kits):
    """Goods, kits and services together: what was done of each order line up to the end of ``date``.

    :param dict kits: {order line id: (quantity sent, quantity that came back)} by then, of what is delivered
        as its components
    """
    known = SQL(", ").join(
        SQL("(%s, %s::numeric, %s::numeric)", line_id, *quantities) for line_id, quantities in kits.items()
    )
    return SQL(
        """
        SELECT id, sent, returned, last_sent, first_returned, last_returned, TRUE AS known
          FROM (%(moved)s) AS goods
        UNION ALL
        SELECT id, sent, 0, last_sent, NULL, NULL, known FROM (%(performed)s) AS services
        UNION ALL
        SELECT kit.id, kit.sent, kit.returned, parts.last_sent, parts.first_returned, parts.last_returned,
               TRUE
          FROM (%(kits)s) AS kit (id, sent, returned)
          CROSS JOIN LATERAL (
               SELECT MAX(move.date) FILTER (WHERE target.is_customers) AS last_sent,
                      MIN(move.date) FILTER (WHERE NOT target.is_customers AND move.to_refund)
                          AS first_returned,
                      MAX(move.date) FILTER (WHERE NOT target.is_customers) AS last_returned
                 FROM stock_move move
                 JOIN %(places)s AS source ON source.id = move.location_id
                 JOIN %(places)s AS target ON target.id = move.location_dest_id
                WHERE move.sale_line_id = kit.id AND move.state = 'done' AND move.date < %(end)s
                  AND source.is_customers != target.is_customers
          ) AS parts
        """,
        moved=_moved(company, end),
        performed=_performed(company, date, end),
        kits=SQL("VALUES %s", known)
        if kits
        else SQL("SELECT NULL::int, NULL::numeric, NULL::numeric WHERE FALSE"),
        end=end,
        places=_places(),
    )


def deposits(company, date):
    """SELECT of the deposits billed up to ``date`` and not yet taken off an invoice, by order line."""
    return SQL(
        """
        SELECT 'deposit', line.order_id, line.id, NULL::int, MIN(invoice.id), sale.adv_commercial_partner_id,
               line.product_id, NULL::int, NULL::numeric, MIN(invoice.invoice_date), sale.currency_id,
               SUM(CASE WHEN invoice.move_type = 'out_refund' THEN -1 ELSE 1 END * item.price_subtotal),
               -SUM(item.balance)
          FROM sale_order_line line
          JOIN sale_order sale ON sale.id = line.order_id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
          JOIN account_move_line item ON item.id = rel.invoice_line_id
          JOIN account_move invoice ON invoice.id = item.move_id
         WHERE line.is_downpayment AND line.display_type IS NULL AND sale.company_id = %(company)s
           AND invoice.state = 'posted' AND invoice.date <= %(date)s
         GROUP BY line.id, sale.id
        HAVING ROUND(SUM(item.amount_currency), 6) != 0
        """,
        company=company.id,
        date=date,
    )


def gaps(company, date, end, kits):
    """SELECT of the order lines whose deliveries and invoices differ at the end of ``date``.

    Billed beyond what was delivered: all is to be credited where nothing more was to leave, as
    ``sale.order.line.adv_qty_to_credit``. Else as much as came back, and the rest is to be delivered; while
    something of a line is still to leave, what was credited of it since does not count as come back.
    What was done of a service and is not known stands apart.

    :param end: the end of ``date`` in the company's time zone, naive UTC
    :param dict kits: as in ``_delivered``
    """
    return SQL(
        """
        SELECT part.kind, line.order_id, line.id AS order_line_id, NULL::int AS dispute_id,
               NULL::int AS move_id, sale.adv_commercial_partner_id AS partner_id, line.product_id,
               line.product_uom_id, part.quantity, part.since::date AS since, sale.currency_id,
               part.quantity * price.net AS amount,
               part.quantity * price.net / COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric AS balance
          FROM (%(delivered)s) AS moved
          FULL JOIN (%(billed)s) AS billed ON billed.id = moved.id
          JOIN sale_order_line line ON line.id = COALESCE(moved.id, billed.id)
          JOIN sale_order sale ON sale.id = line.order_id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
               AND (template.type = 'consu' OR moved.id IS NOT NULL)
          JOIN LATERAL (
               SELECT CASE WHEN line.product_uom_qty != 0 THEN line.price_subtotal / line.product_uom_qty
                           ELSE line.price_unit * (1 - COALESCE(line.discount, 0) / 100) END::numeric AS net
          ) AS price ON TRUE
          CROSS JOIN LATERAL (
               SELECT (moved.last_sent AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS last_sent,
                      (moved.first_returned AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS first_returned,
                      (moved.last_returned AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS last_returned
          ) AS day
          CROSS JOIN LATERAL (
               SELECT COALESCE(sent, 0) - COALESCE(returned, 0) AS delivered, COALESCE(billed, 0) AS billed
          ) AS total
          CROSS JOIN LATERAL (%(credited)s) AS credited
          LEFT JOIN LATERAL (%(closed)s) AS closed ON TRUE
          CROSS JOIN LATERAL (
               SELECT delivered, billed,
                      CASE WHEN closed.is_closed AND moved.known IS NOT FALSE
                           THEN GREATEST(billed - delivered, 0)
                           WHEN sent >= line.product_uom_qty THEN COALESCE(returned, 0)
                           ELSE GREATEST(COALESCE(returned, 0) - COALESCE(credited.quantity, 0), 0)
                           END AS returned
                 FROM (SELECT total.delivered, total.billed) AS total
          ) AS at_end
          JOIN LATERAL (VALUES
               (CASE WHEN moved.known IS NOT FALSE THEN 'delivered' ELSE 'unknown' END,
                at_end.delivered - at_end.billed, day.last_sent),
               ('credit', LEAST(at_end.billed - at_end.delivered, at_end.returned),
                COALESCE(day.last_returned, GREATEST(day.last_sent, billed.last_billed))),
               (CASE WHEN moved.known IS NOT FALSE THEN 'invoiced' ELSE 'unknown' END,
                at_end.billed - at_end.delivered - at_end.returned, billed.last_billed)
          ) AS part (kind, quantity, since) ON part.quantity > 0.000001
         WHERE NOT COALESCE(line.is_downpayment, FALSE)
           AND total.delivered != total.billed  -- said first: few of all lines are looked at further
        """,
        delivered=_delivered(company, date, end, kits),
        billed=_billed(company, date),
        credited=_credited(date),
        closed=_closed(end),
        zone=company.adv_tz or "Europe/Paris",
    )


def uncredited_disputes(company, date):
    """SELECT of the disputes granted up to ``date`` that no credit note settled by then."""
    return SQL(
        """
        SELECT 'credit', NULL::int, NULL::int, dispute.id, dispute.move_id, dispute.partner_id, NULL::int,
               NULL::int, NULL::numeric, dispute.date_closed, invoice.currency_id, share.untaxed,
               share.untaxed * ABS(invoice.amount_untaxed_signed) / NULLIF(invoice.amount_untaxed, 0)
          FROM adv_dispute dispute
          JOIN account_move invoice ON invoice.id = dispute.move_id
          JOIN LATERAL (
               SELECT dispute.amount * invoice.amount_untaxed / NULLIF(invoice.amount_total, 0) AS untaxed
          ) AS share ON TRUE
         WHERE dispute.company_id = %(company)s AND dispute.state = 'accepted'
           AND dispute.date_closed <= %(date)s
           AND NOT EXISTS (
               SELECT FROM account_move note
                WHERE note.adv_dispute_id = dispute.id AND note.state = 'posted' AND note.date <= %(date)s)
        """,
        company=company.id,
        date=date,
    )
