"""Approvals decided, confirmed and reminded of by several processes; run in a process of its own.

    python approval_kills.py CONFIGURATION DATABASE

The addon is installed here, and the registry loaded once. Each piece of work is done by a forked child with
connections of its own, with real commits. Prints what it saw as one line of JSON.
"""

import json
import os
import signal
import sys

import odoo.service.model as service
from dunning_kills import DONE, KILLED, Attempts, check
from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tools import config
from psycopg2.errors import SerializationFailure

ORDERS = 12
CHUNK = 5


def prepare(env):
    """Two departments that are asked about every order from 100 on."""
    env.company.write({"adv_check_mode": "enforce", "adv_approval_mode": "enforce"})

    def user(login, group):
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create({"name": login, "login": login, "group_ids": [Command.set(env.ref(group).ids)]})
        )

    user("asker", "adv_orders.group_adv_assistant")
    for member in user("finance", "base.group_user"), user("board", "base.group_user"):
        department = env["adv.department"].create(
            {"name": member.name, "member_ids": [Command.set(member.ids)]}
        )
        env["adv.approval.rule"].create(
            {"name": member.name, "department_id": department.id, "amount_min": 100.0}
        )
    env["product.product"].create(
        {"name": "Chair", "is_storable": True, "list_price": 100.0, "taxes_id": False}
    )
    env["res.partner"].create(
        {
            "name": "Dupont",
            "street": "1 rue",
            "city": "Lyon",
            "zip": "69001",
            "country_id": env.ref("base.fr").id,
            "email": "d@example.com",
        }
    )


def named(env, model, name):
    return env[model].search([("name", "=", name)]).ensure_one()


def ask(env, *numbers):
    """The approvals of so many new orders, each submitted by the assistant."""
    orders = env["sale.order"].create(
        [
            {
                "partner_id": named(env, "res.partner", "Dupont").id,
                "client_order_ref": str(number),
                "order_line": [
                    Command.create(
                        {
                            "product_id": named(env, "product.product", "Chair").id,
                            "product_uom_qty": 2 + number,
                        }
                    )
                ],
            }
            for number in numbers
        ]
    )
    orders.with_user(named(env, "res.users", "asker")).action_confirm()
    return orders.adv_approval_ids


def asked(env):
    rows = ask(env, 1)
    return {"state": rows.order_id.adv_state, "approvals": rows.mapped("state")}


class Gate:
    """Holds the children that come to it until the parent opens it: they go on at the same moment."""

    def __init__(self):
        self.ends = os.pipe()
        self.arrived = os.pipe()

    def wait(self):
        os.close(self.ends[1])
        os.write(self.arrived[1], b".")
        os.read(self.ends[0], 1)

    def open(self, number):
        """Open it when so many have come."""
        while number:
            number -= len(os.read(self.arrived[0], number))
        for end in (*self.ends, *self.arrived):
            os.close(end)


def at_once(attempts, *works):
    """Each work in a child of its own, all from the same moment on, as a request would: tried again where
    the others were in its way."""
    gate = Gate()

    def gated(work):
        def run(env):
            env.cr.execute("SELECT 1")  # what the others do from here on is not seen
            gate.wait()
            service.retrying(lambda: work(env), env)

        return run

    children = [attempts.start(gated(work)) for work in works]
    gate.open(len(children))
    codes = [attempts.wait(child) for child in children]
    check(codes == [DONE] * len(works), "at once", codes)


def decide(login):
    def work(env):
        rows = env["adv.approval"].with_user(named(env, "res.users", login))
        rows.search([("state", "=", "pending")]).action_approve()

    return work


def confirm(env):
    env["sale.order"]._adv_cron_confirm_ready()


def decided(env):
    order = env["sale.order"].search([]).ensure_one()
    return {
        "state": order.state,
        "deliveries": len(order.picking_ids),
        "moves": len(order.order_line.move_ids),
        "ready": order.adv_ready,
        "decisions": sorted(order.adv_approval_ids.mapped("decision")),
    }


def welcome(env):
    """Two orders of a customer who has none yet, small enough that nobody is asked."""
    customer = named(env, "res.partner", "Dupont").copy({"name": "Durand"})
    chair = named(env, "product.product", "Chair")
    for price in (10, 20):
        line = Command.create({"product_id": chair.id, "price_unit": price})
        env["sale.order"].create(
            {"partner_id": customer.id, "client_order_ref": f"first {price}", "order_line": [line]}
        )


def confirm_one(reference):
    def work(env):
        env["sale.order"].search([("client_order_ref", "=", reference)]).action_confirm()

    return work


def welcomed(env):
    orders = env["sale.order"].search([("partner_id.name", "=", "Durand")])
    return {"states": orders.mapped("state"), "first": len(orders.filtered("adv_is_first_order"))}


def ship(env):
    """An order whose goods are picked and about to leave."""
    chair, customer = named(env, "product.product", "Chair"), named(env, "res.partner", "Durand")
    line = Command.create({"product_id": chair.id, "product_uom_qty": 3, "price_unit": 10})
    order = env["sale.order"].create(
        {"partner_id": customer.id, "client_order_ref": "turns", "order_line": [line]}
    )
    order.action_confirm()
    order.picking_ids.move_ids.quantity = 3
    order.picking_ids.move_ids.picked = True


def in_turn(work):
    """Work on that order; told that another was quicker, nothing is to have been written yet."""

    def run(env):
        wrote, execute = [], Cursor.execute

        def watched(cursor, query, *args, **kwargs):
            text = str(getattr(query, "code", query)).lstrip()
            wrote.extend([text] if text.startswith(("UPDATE", "INSERT", "DELETE")) else [])
            return execute(cursor, query, *args, **kwargs)

        Cursor.execute = watched
        try:
            work(env["sale.order"].search([("client_order_ref", "=", "turns")]))
            env.cr.flush()
        except SerializationFailure:
            check(not wrote, "had begun to write", wrote)
            raise
        finally:
            Cursor.execute = execute

    return run


def validate(order):
    pickings = order.picking_ids.filtered(lambda picking: picking.state == "assigned")
    if pickings:
        pickings.with_context(skip_backorder=True).button_validate()


def want_more(order):
    order.write({"order_line": [Command.update(order.order_line.id, {"product_uom_qty": 5})]})


def turned(env):
    order = env["sale.order"].search([("client_order_ref", "=", "turns")])
    moves = order.order_line.move_ids
    return {
        "ordered": order.order_line.product_uom_qty,
        "delivered": order.order_line.qty_delivered,
        "shipped": sum(moves.filtered(lambda move: move.state == "done").mapped("quantity")),
        "to ship": sum(
            moves.filtered(lambda move: move.state not in ("done", "cancel")).mapped("product_uom_qty")
        ),
    }


def overdue(env):
    """Twelve more orders, of which both departments are to be reminded."""
    rows = ask(env, *range(ORDERS))
    rows.write({"remind_at": "2020-01-01", "deadline": "2100-01-01"})
    return rows.ids


def remind(env):
    env["adv.approval"]._adv_cron_remind(limit=CHUNK)


def remind_and_die(env):
    """Dies when it is about to commit the third chunk."""
    jobs = type(env["ir.cron"])
    commit, done = jobs._commit_progress, []

    def progress(self, *args, **kwargs):
        done.append(1)
        if len(done) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return commit(self, *args, **kwargs)

    jobs._commit_progress = progress
    remind(env)


def reminded(ids):
    def work(env):
        messages = env["mail.message"].search(
            [
                ("model", "=", "adv.approval"),
                ("res_id", "in", ids),
                ("message_type", "=", "user_notification"),
            ]
        )
        return {
            "reminded": len(env["adv.approval"].browse(ids).filtered("reminded_date")),
            "messages": len(messages),
            "questions": len(set(messages.mapped("res_id"))),
        }

    return work


def main(database):
    attempts = Attempts(database, "adv_orders")
    attempts.env(prepare)
    found = {"asked": attempts.env(asked)}
    at_once(attempts, decide("finance"), decide("board"))
    at_once(attempts, confirm, confirm)
    found["decided"] = attempts.env(decided)
    attempts.env(welcome)
    at_once(attempts, confirm_one("first 10"), confirm_one("first 20"))
    found["welcomed"] = attempts.env(welcomed)
    attempts.env(ship)
    at_once(attempts, in_turn(validate), in_turn(want_more), in_turn(validate))
    found["turned"] = attempts.env(turned)
    ids = attempts.env(overdue)
    code = attempts.wait(attempts.start(remind_and_die))
    check(code == KILLED, "not killed", code)
    found["killed"] = attempts.env(reminded(ids))
    for _run in range(2):
        code = attempts.wait(attempts.start(remind))
        check(code == DONE, "reminding again", code)
    found["again"] = attempts.env(reminded(ids))
    print(json.dumps(found))


if __name__ == "__main__":
    config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level", "warn"])
    main(sys.argv[2])
