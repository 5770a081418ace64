from itertools import accumulate

from odoo import api, models
from odoo.tools import SQL

from ..tools import Move, SupplyPlan, event_now

OPEN_MOVES = SQL("('waiting', 'confirmed', 'partially_available', 'assigned')")
MOVES = 2000


class AdvLateness(models.AbstractModel):
    """What the lateness of open lines is computed from: one statement a source, whatever the number."""

    _inherit = "adv.lateness"

    @api.model
    def _adv_few(self, company, products):
        """Return the first products, as many as have ``MOVES`` open moves together; at least one.

        What sells most has thousands of open moves: a step that takes too many at once reads for seconds,
        and meanwhile others change what it is about to write.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT product_id, count(*) FROM stock_move
                    WHERE product_id = ANY(%s) AND state IN %s AND company_id = %s GROUP BY product_id""",
                products,
                OPEN_MOVES,
                company,
            )
        )
        counts = dict(rows)
        together = accumulate(counts.get(product, 0) for product in products)
        return products[: max(1, sum(total <= MOVES for total in together))]

    @api.model
    def _adv_read_lines(self, company, product_ids, order_ids=None):
        """Return the open lines of the company that need the products, with their open moves."""
        names = ("id", "order_id", "product_id", "promise", "told", "open_qty", "moves", "products")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.order_id, line.product_id,
                       COALESCE(line.adv_promise_date, so.adv_promise_date), line.adv_told_date,
                       GREATEST(line.product_uom_qty - line.qty_delivered, 0),
                       array_remove(array_agg(move.id), NULL),
                       array_append(array_remove(array_agg(DISTINCT move.product_id), NULL), line.product_id)
                  FROM sale_order_line line
                  JOIN sale_order so ON so.id = line.order_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  LEFT JOIN stock_move move ON move.sale_line_id = line.id AND move.state IN %(open)s
                        AND move.origin_returned_move_id IS NULL
                 WHERE so.state = 'sale' AND so.adv_delivered_date IS NULL AND so.company_id = %(company)s
                   AND (%(all)s OR so.id = ANY(%(orders)s))
                   AND line.display_type IS NULL AND line.product_uom_qty > 0 AND template.type = 'consu'
                   AND line.is_downpayment IS NOT TRUE
                   AND (line.product_id = ANY(%(products)s) OR EXISTS (
                        SELECT 1 FROM stock_move component
                         WHERE component.sale_line_id = line.id AND component.state IN %(open)s
                           AND component.product_id = ANY(%(products)s)))
                 GROUP BY line.id, so.id
                HAVING count(move.id) > 0 OR (line.qty_delivered < line.product_uom_qty AND NOT EXISTS (
                        SELECT 1 FROM stock_move done WHERE done.sale_line_id = line.id))
                 ORDER BY line.id
                """,
                open=OPEN_MOVES,
                company=company.id,
                products=list(product_ids),
                all=order_ids is None,
                orders=order_ids or [],
            )
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    @api.model
    def _adv_plan(self, company, product_ids):
        """Return the supply plan of the products, and what is known about each supply."""
        moves = self._adv_read_moves(company, product_ids)
        self._adv_link(moves)
        quotations, ordered, of_lines = self._adv_read_quotations(company, product_ids)
        lead_days, suppliers = self._adv_read_suppliers(company, product_ids)
        plan = SupplyPlan(
            moves.values(),
            self._adv_read_free(company, product_ids),
            event_now(self.env),
            quotations,
            ordered,
            lead_days,
        )
        data = {
            "of_lines": of_lines,
            "delays": self._adv_read_push_delays(company),
            "suppliers": suppliers,
            "quotations": self._adv_quotation_names(quotations, of_lines),
            "arrivals": self._adv_arrival_names(moves),
            "buyers": self._adv_responsibles(company, product_ids),
        }
        return plan, data

    # READING

    @api.model
    def _adv_pool(self, location):
        """Return SQL joins and the pool of a location: its warehouse's stock when it lies in it."""
        warehouse, lot = SQL.identifier(f"{location}_wh"), SQL.identifier(f"{location}_lot")
        location = SQL.identifier(location)
        joins = SQL(
            """LEFT JOIN stock_warehouse %(warehouse)s ON %(warehouse)s.id = %(location)s.warehouse_id
               LEFT JOIN stock_location %(lot)s ON %(lot)s.id = %(warehouse)s.lot_stock_id""",
            warehouse=warehouse,
            lot=lot,
            location=location,
        )
        pool = SQL(
            "CASE WHEN %(location)s.parent_path LIKE %(lot)s.parent_path || '%%' THEN %(lot)s.id "
            "ELSE %(location)s.id END",
            location=location,
            lot=lot,
        )
        return joins, pool

    @api.model
    def _adv_read_moves(self, company, product_ids):
        """Return {id: Move} of all open moves of the products."""
        source_joins, source_pool = self._adv_pool("src")
        final_joins, final_pool = self._adv_pool("fin")
        # a buyer who postpones a supplier order changes its line, not the planned date of its receipt
        bought = "purchase_line_id" in self.env["stock.move"]._fields
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.id, move.product_id, %(date)s, move.product_qty,
                       COALESCE(move.quantity, 0) * uom.factor / puom.factor, %(source_pool)s,
                       CASE WHEN src.usage IN ('supplier', 'production', 'transit', 'inventory', 'customer')
                             AND fin.usage = 'internal' AND fin_lot.id IS NOT NULL
                            THEN fin_lot.id ELSE %(final_pool)s END,
                       src.usage, COALESCE(move.priority, '0'), move.procure_method = 'make_to_order',
                       template.is_storable, COALESCE(rule.delay, 0), move.location_dest_id,
                       COALESCE(move.location_final_id, move.location_dest_id)
                  FROM stock_move move
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom uom ON uom.id = move.product_uom
                  JOIN uom_uom puom ON puom.id = template.uom_id
                  JOIN stock_location src ON src.id = move.location_id
                  JOIN stock_location fin ON fin.id = COALESCE(move.location_final_id, move.location_dest_id)
                  LEFT JOIN stock_rule rule ON rule.id = move.rule_id
                  %(purchase_join)s
                  %(source_joins)s
                  %(final_joins)s
                 WHERE move.product_id = ANY(%(products)s) AND move.state IN %(open)s
                   AND move.company_id = %(company)s
                 ORDER BY move.id
                """,
                date=SQL("GREATEST(move.date, pol.date_planned)") if bought else SQL("move.date"),
                purchase_join=SQL(
                    "LEFT JOIN purchase_order_line pol ON pol.id = move.purchase_line_id AND "
                    "src.usage = 'supplier'"
                )
                if bought
                else SQL(""),
                source_pool=source_pool,
                final_pool=final_pool,
                source_joins=source_joins,
                final_joins=final_joins,
                products=product_ids,
                open=OPEN_MOVES,
                company=company.id,
            )
        )
        return {
            row[0]: Move(
                id=row[0],
                product_id=row[1],
                date=row[2],
                quantity=float(row[3] or 0),
                reserved=float(row[4] or 0),
                source=row[5],
                target=row[6],
                usage=row[7],
                priority=row[8],
                to_order=row[9],
                storable=bool(row[10]),
                delay=row[11],
                location=row[12],
                final=row[13],
            )
            for row in rows
        }

    @api.model
    def _adv_link(self, moves):
        """Fill the chain of the moves: earlier and later open steps, and whether a done step fed them."""
        rows = self.env.execute_query(
            SQL(
                """SELECT link.move_orig_id, link.move_dest_id, origin.state
                     FROM stock_move_move_rel link JOIN stock_move origin ON origin.id = link.move_orig_id
                    WHERE link.move_dest_id = ANY(%(ids)s) OR link.move_orig_id = ANY(%(ids)s)""",
                ids=list(moves),
            )
        )
        for origin, follower, state in rows:
            if follower in moves and state == "done":
                moves[follower].fed = True
            if origin in moves and follower in moves:
                moves[follower].origins.append(origin)
                moves[origin].followers.append(follower)

    @api.model
    def _adv_read_free(self, company, product_ids):
        """Return {(product id, pool): quantity on hand that nothing has reserved}."""
        joins, pool = self._adv_pool("loc")
        rows = self.env.execute_query(
            SQL(
                """SELECT quant.product_id, %(pool)s, sum(quant.quantity - quant.reserved_quantity)
                     FROM stock_quant quant
                     JOIN stock_location loc ON loc.id = quant.location_id
                     %(joins)s
                    WHERE quant.product_id = ANY(%(products)s) AND loc.usage = 'internal'
                      AND quant.company_id = %(company)s
                    GROUP BY 1, 2""",
                pool=pool,
                joins=joins,
                products=product_ids,
                company=company.id,
            )
        )
        return {(product, pool_id): float(quantity) for product, pool_id, quantity in rows}

    @api.model
    def _adv_read_push_delays(self, company):
        """Return {location id: (days, next location id)} of the push rules that come after a step."""
        rows = self.env.execute_query(
            SQL(
                """SELECT location_src_id, delay, location_dest_id FROM stock_rule
                    WHERE action IN ('push', 'pull_push') AND active AND location_src_id IS NOT NULL
                      AND (company_id = %s OR company_id IS NULL)
                    ORDER BY route_sequence DESC, sequence DESC, id DESC""",
                company.id,
            )
        )
        return {source: (delay or 0, target) for source, delay, target in rows}

    @api.model
    def _adv_read_quotations(self, company, product_ids):
        """Return what is asked from suppliers and not ordered yet, where purchasing is installed.

        :return: rows for ``SupplyPlan``, {move id: quotation line id}, {sale line id: quotation line id}
        """
        if "purchase_line_id" not in self.env["stock.move"]._fields:
            return [], {}, {}
        of_sale = "sale_line_id" in self.env["purchase.order.line"]._fields
        rows = self.env.execute_query(
            SQL(
                """
                SELECT pol.id, pol.product_id, warehouse.lot_stock_id, pol.date_planned, pol.product_uom_qty,
                       %(sale_line)s,
                       (SELECT array_agg(rel.move_id) FROM stock_move_created_purchase_line_rel rel
                         WHERE rel.created_purchase_line_id = pol.id)
                  FROM purchase_order_line pol
                  JOIN purchase_order po ON po.id = pol.order_id
                  JOIN stock_picking_type kind ON kind.id = po.picking_type_id
                  LEFT JOIN stock_warehouse warehouse ON warehouse.id = kind.warehouse_id
                 WHERE pol.product_id = ANY(%(products)s) AND po.company_id = %(company)s
                   AND po.state IN ('draft', 'sent', 'to approve')
                 ORDER BY pol.id
                """,
                sale_line=SQL("pol.sale_line_id") if of_sale else SQL("NULL::int4"),
                products=product_ids,
                company=company.id,
            )
        )
        ordered = {move: row[0] for row in rows for move in row[6] or ()}
        of_lines = {row[5]: row[0] for row in rows if row[5]}
        return [(row[0], row[1], row[2], row[3], float(row[4] or 0)) for row in rows], ordered, of_lines

    @api.model
    def _adv_read_suppliers(self, company, product_ids):
        """Return ({product id: days of the first supplier}, {product id: supplier's id})."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (product.id) product.id, info.delay, info.partner_id
                     FROM product_product product
                     JOIN product_supplierinfo info ON info.product_tmpl_id = product.product_tmpl_id
                      AND (info.product_id IS NULL OR info.product_id = product.id)
                      AND (info.company_id IS NULL OR info.company_id = %(company)s)
                      AND (info.date_end IS NULL OR info.date_end >= %(today)s)
                    WHERE product.id = ANY(%(products)s)
                    ORDER BY product.id, info.sequence, info.min_qty DESC, info.id""",
                company=company.id,
                today=company._adv_date(event_now(self.env)),
                products=product_ids,
            )
        )
        return {row[0]: row[1] or 0 for row in rows}, {row[0]: row[2] for row in rows}

    # NAMES

    @api.model
    def _adv_arrival_names(self, moves):
        """Return {move id: (name of the supplier order, supplier id, buyer id)} of moves from outside."""
        ids = [move.id for move in moves.values() if move.from_outside]
        if "purchase_line_id" in self.env["stock.move"]._fields:
            joins = SQL(
                """LEFT JOIN purchase_order_line pol ON pol.id = move.purchase_line_id
                   LEFT JOIN purchase_order po ON po.id = pol.order_id"""
            )
            order, supplier, buyer = SQL("po.name"), SQL("po.partner_id"), SQL("po.user_id")
        else:
            joins, order, supplier, buyer = SQL(""), SQL("NULL"), SQL("NULL::int4"), SQL("NULL::int4")
        rows = self.env.execute_query(
            SQL(
                """SELECT move.id, COALESCE(%(order)s, picking.origin, picking.name, move.reference),
                          COALESCE(%(supplier)s, picking.partner_id), %(buyer)s
                     FROM stock_move move
                     LEFT JOIN stock_picking picking ON picking.id = move.picking_id
                     %(joins)s
                    WHERE move.id = ANY(%(ids)s)""",
                order=order,
                supplier=supplier,
                buyer=buyer,
                joins=joins,
                ids=ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _adv_quotation_names(self, quotations, of_lines):
        """Return {quotation line id: (name of the purchase order, supplier id, buyer id)}."""
        ids = list({row[0] for row in quotations} | set(of_lines.values()))
        if not ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT pol.id, po.name, po.partner_id, po.user_id FROM purchase_order_line pol
                   JOIN purchase_order po ON po.id = pol.order_id WHERE pol.id = ANY(%s)""",
                ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _adv_responsibles(self, company, product_ids):
        """Return {product id: id of the product's responsible in the company}."""
        # sudo: the job reads products of every company
        products = self.env["product.product"].sudo().with_company(company).browse(product_ids)
        return {product.id: product.responsible_id.id for product in products}
