from odoo.fields import Command

from .common import KpiCommon


class KpiStory(KpiCommon):
    """One February of a small company, with something for every figure of the catalogue.

    Paris is one hour ahead of UTC. The working day is 8 to 12 and 13 to 17, Monday to Friday: February 2026
    has 20 working days, 160 hours.
    """

    @classmethod
    def get_default_groups(cls):
        groups = (
            "survey.group_survey_user",
            "stock.group_stock_manager",
            "adv_dunning.group_collection_manager",
        )
        return super().get_default_groups().concat(*map(cls.quick_ref, groups))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_people()
        cls._create_orders()
        cls._create_requests()
        cls._create_answers()
        cls._create_money()
        cls._create_stock()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _create_people(cls):
        cls.calendar = cls.env["resource.calendar"].create({"name": "Office", "tz": "Europe/Paris"})
        cls.company.resource_calendar_id = cls.calendar
        cls.env["adv.assistant"].search([("company_id", "=", cls.company.id)]).unlink()
        ann, bob = (
            cls.env["res.users"].create({"name": name, "login": f"kpi_{name}"}) for name in ("Ann", "Bob")
        )
        cls.ann, cls.bob = cls.env["adv.assistant"].create(
            [
                {"user_id": user.id, "company_id": cls.company.id, "calendar_id": cls.calendar.id}
                for user in (ann, bob)
            ]
        )
        # Bob is away for the last 10 working days of February
        cls.env["adv.assistant.absence"].create(
            {"assistant_id": cls.bob.id, "date_from": "2026-02-16", "date_to": "2026-03-01"}
        )
        cls.lost = cls.env["res.partner"].create({"name": "Lost", "is_company": True})
        cls.spring = cls.env["utm.campaign"].create({"title": "Spring"})

    @classmethod
    def _create_orders(cls):
        cls.quick = cls._confirmed(
            100,
            "2026-02-02 08:00:00",
            "2026-02-02 10:00:00",
            "2026-02-10 11:00:00",
            "2026-02-09 16:00:00",
            on_time=True,
            lines=2,
            adv_submitted_date="2026-02-02 09:00:00",
            adv_clean_date="2026-02-02 10:00:00",
            adv_quoted_date="2026-01-30 10:00:00",
            adv_first_delivery_date="2026-02-09 16:00:00",
            adv_is_in_full=True,
            adv_lines_shipped=2,
            adv_lines_filled=2,
            adv_invoiced_date="2026-02-11 23:00:00",  # 12 February
            adv_is_first_order=True,
        )
        cls.quick._adv_set_facts({"adv_blocked": "to_correct"})
        cls.quick._adv_set_facts({"adv_blocked": False})
        cls.quick.campaign_id = cls.spring
        cls.slow = cls._confirmed(
            200,
            "2026-02-03 14:00:00",
            "2026-02-04 09:00:00",
            "2026-02-12 11:00:00",
            "2026-02-14 16:00:00",
            lines=3,
            adv_first_delivery_date="2026-02-13 16:00:00",
            adv_is_in_full=True,
            adv_lines_shipped=3,
            adv_lines_filled=1,
            adv_invoiced_date="2026-02-12 23:00:00",  # 13 February, before the last delivery
        )
        cls._error(cls.slow, "delivery", step="delivery", escaped=True)
        cls.changed = cls._confirmed(
            50,
            "2026-02-05 08:00:00",
            "2026-02-05 09:00:00",
            "2026-02-25 11:00:00",
            "2026-02-24 16:00:00",
            on_time=True,
            lines=5,
            adv_quoted_date="2026-02-04 10:00:00",
            adv_first_delivery_date="2026-02-24 16:00:00",
            adv_is_in_full=True,
            adv_lines_shipped=5,
            adv_lines_filled=5,
            adv_invoiced_date="2026-02-25 23:00:00",  # 26 February
        )
        # sudo: amendments have no other writer than the server
        cls.env["adv.order.amendment"].sudo().create(
            {
                "order_id": cls.changed.id,
                "company_id": cls.company.id,
                "field": "price_unit",
                "date": "2026-02-06 09:00:00",
            }
        )
        cls.quotation = cls._order(150, adv_quoted_date="2026-02-06 10:00:00")
        for partner, month in ((cls.customer, "06"), (cls.lost, "07")):
            moment = f"2024-{month}-10 10:00:00"
            cls._confirmed(
                1, moment, moment, partner=partner, adv_promise_date=moment, adv_delivered_date=moment
            )
        cls.env["adv.marketing.spend"].create(
            [
                {"name": "Fair", "date": "2026-02-10", "amount": 300, "campaign_id": cls.spring.id},
                {"name": "Cards", "date": "2026-02-11", "amount": 100},
            ]
        )

    @classmethod
    def _create_requests(cls):
        """Asked on the 3rd, the 10th and, again, on the 12th; the last one stays without an answer."""
        asked, due, answered = zip(
            ("2026-02-03 08:00:00", "2026-02-04 08:00:00", "2026-02-03 10:00:00"),
            ("2026-02-10 08:00:00", "2026-02-11 08:00:00", "2026-02-12 08:00:00"),
            ("2026-02-12 09:00:00", "2026-02-13 08:00:00", False),
            strict=True,
        )
        for rank, received in enumerate(asked):
            request = cls.env["adv.request"].create(
                {"name": "When?", "partner_id": cls.customer.id, "received_date": received}
            )
            request._adv_set_facts({"date_due": due[rank], "date_first_answer": answered[rank]})

    @classmethod
    def _create_answers(cls):
        survey = cls.env["survey.survey"].create({"title": "Satisfied?"})
        cls.item = cls.env["survey.question"].create(
            {
                "title": "Speed of order taking",
                "survey_id": survey.id,
                "question_type": "scale",
                "scale_min": 1,
                "scale_max": 5,
            }
        )
        for order, csat, nps, score in ((cls.quick, 5, 10, 4), (cls.slow, 3, 8, 2), (cls.changed, 0, 0, 0)):
            # sudo: answers have no other writer than the server
            cls.env["adv.satisfaction"].sudo().create(
                {
                    "order_id": order.id,
                    "partner_id": cls.customer.id,
                    "date": "2026-02-15 08:00:00",
                    "answered_date": "2026-02-16 08:00:00" if csat else False,
                    "csat": csat,
                    "nps": nps,
                    "has_nps": bool(nps),
                    "score_ids": [Command.create({"question_id": cls.item.id, "score": score})]
                    if score
                    else [],
                }
            )

    @classmethod
    def _create_money(cls):
        cls.unpaid = cls._bill(200, "2026-01-10", "2026-01-31")
        cls.late = cls._bill(100, "2026-02-05", "2026-02-15")
        cls.early = cls._bill(300, "2026-02-10", "2026-03-10")
        cls.disputed = cls._bill(
            50,
            "2026-02-26",
            "2026-03-26",
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": cls.service.id,
                        "price_unit": 50,
                        "tax_ids": [Command.clear()],
                        "sale_line_ids": [Command.set(cls.changed.order_line.ids)],
                    }
                )
            ],
        )
        reason = cls.env["adv.dispute.reason"].search([], limit=1)
        cls.dispute, closed = cls.env["adv.dispute"].create(
            [
                {"move_id": move.id, "amount": amount, "reason_id": reason.id, "date": day}
                for move, amount, day in (
                    (cls.disputed, 20, "2026-02-27"),
                    (cls.late, 30, "2026-02-06"),
                )
            ]
        )
        closed._adv_set_facts({"state": "rejected", "date_closed": "2026-02-16"})
        for day, state in (("2026-02-20", "kept"), ("2026-02-22", "broken"), ("2026-02-25", "open")):
            promise = cls.env["adv.payment.promise"].create(
                {
                    "partner_id": cls.customer.id,
                    "amount": 10,
                    "date": day,
                    "date_made": "2026-02-10",
                    "currency_id": cls.company.currency_id.id,
                }
            )
            promise._adv_set_facts({"state": state})
        for move, amount in ((cls.late, 100), (cls.unpaid, 200)):
            cls._claim(move, amount, "2026-02-16")
        cls._pay(cls.late, 100, "2026-02-25")
        cls._pay(cls.early, 300, "2026-02-20")

    @classmethod
    def _claim(cls, move, amount, day):
        """Create a notice sent for an invoice."""
        level = cls.company._adv_dunning_policy().level_ids[0]
        item = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        notice = cls.env["adv.dunning.notice"]._adv_create(
            [
                {
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "level_id": level.id,
                    "date": day,
                    "amount": amount,
                    "amount_company": amount,
                }
            ]
        )
        cls.env["adv.dunning.notice.line"]._adv_create(
            [
                {
                    "notice_id": notice.id,
                    "move_id": move.id,
                    "move_line_id": item.id,
                    "level_id": level.id,
                    "amount": amount,
                    "amount_open": amount,
                }
            ]
        )
        notice._adv_set_facts({"state": "sent"})
        return notice

    @classmethod
    def _create_stock(cls):
        """10 pieces at 6 came in September; 10 pieces were sold, on paper, in June."""
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Goods",
                "is_storable": True,
                "standard_price": 6,
                "taxes_id": False,
                "invoice_policy": "delivery",
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        move = cls.env["stock.move"].create(
            {
                "product_id": cls.goods.id,
                "product_uom_qty": 10,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.warehouse.lot_stock_id.id,
                "company_id": cls.company.id,
            }
        )
        move._action_confirm()
        move.write({"quantity": 10, "picked": True})
        move._action_done()
        move.date = "2025-09-15 10:00:00"
        cls._bill(
            0,
            "2025-06-10",
            "2025-06-10",
            partner=cls.lost,
            invoice_line_ids=[
                Command.create(
                    {"product_id": cls.goods.id, "quantity": 10, "price_unit": 0, "tax_ids": False}
                )
            ],
        )
