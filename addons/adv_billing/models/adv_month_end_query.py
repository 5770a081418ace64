"""The statements of the month-end pack; each gives the same columns."""

from odoo.tools import SQL


def _moved(company, end):
    """What left for the customer and came back by order line, in the line's unit, up to ``end`` (UTC)."""
    return SQL(
        """
        SELECT move.sale_line_id AS id,
               SUM(CASE WHEN target.usage = 'customer' THEN quantity.line_unit ELSE 0 END) AS sent,
               SUM(CASE WHEN target.usage != 'customer' AND move.to_refund THEN quantity.line_unit
                        ELSE 0 END) AS returned,
               MAX(move.date) FILTER (WHERE target.usage = 'customer') AS last_sent,
               MAX(move.date) FILTER (WHERE target.usage != 'customer') AS last_returned
          FROM stock_move move
          JOIN stock_location source ON source.id = move.location_id
          JOIN stock_location target ON target.id = move.location_dest_id
          JOIN sale_order_line line ON line.id = move.sale_line_id AND line.product_id = move.product_id
          JOIN uom_uom done_unit ON done_unit.id = move.product_uom
          JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
          JOIN LATERAL (
               SELECT move.quantity::numeric * done_unit.factor::numeric
                      / line_unit.factor::numeric AS line_unit
          ) AS quantity ON TRUE
         WHERE move.state = 'done' AND move.date < %(end)s AND move.company_id = %(company)s
           AND (source.usage = 'customer') != (target.usage = 'customer')
         GROUP BY move.sale_line_id
        """,
        end=end,
        company=company.id,
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


def gaps(company, date, end):
    """SELECT of the order lines whose deliveries and invoices differ at the end of ``date``.

    Billed beyond what was delivered: as much as came back is to be credited, the rest is to be delivered.

    :param end: the end of ``date`` in the company's time zone, naive UTC
    """
    return SQL(
        """
        SELECT part.kind, line.order_id, line.id AS order_line_id, NULL::int AS dispute_id,
               NULL::int AS move_id, sale.adv_commercial_partner_id AS partner_id, line.product_id,
               line.product_uom_id, part.quantity, part.since::date AS since, sale.currency_id,
               part.quantity * price.net AS amount,
               part.quantity * price.net / COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric AS balance
          FROM (%(moved)s) AS moved
          FULL JOIN (%(billed)s) AS billed ON billed.id = moved.id
          JOIN sale_order_line line ON line.id = COALESCE(moved.id, billed.id)
          JOIN sale_order sale ON sale.id = line.order_id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
               AND template.type = 'consu'
          JOIN LATERAL (
               SELECT CASE WHEN line.product_uom_qty != 0 THEN line.price_subtotal / line.product_uom_qty
                           ELSE line.price_unit * (1 - COALESCE(line.discount, 0) / 100) END::numeric AS net
          ) AS price ON TRUE
          JOIN LATERAL (
               SELECT COALESCE(sent, 0) - COALESCE(returned, 0) AS delivered, COALESCE(billed, 0) AS billed,
                      COALESCE(returned, 0) AS returned
          ) AS at_end ON TRUE
          JOIN LATERAL (VALUES
               ('delivered', at_end.delivered - at_end.billed,
                (moved.last_sent AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date),
               ('credit', LEAST(at_end.billed - at_end.delivered, at_end.returned),
                (moved.last_returned AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date),
               ('invoiced', at_end.billed - at_end.delivered - at_end.returned, billed.last_billed)
          ) AS part (kind, quantity, since) ON part.quantity > 0.000001
         WHERE NOT COALESCE(line.is_downpayment, FALSE)
        """,
        moved=_moved(company, end),
        billed=_billed(company, date),
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
