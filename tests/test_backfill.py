"""The job that fills the milestones of earlier orders: killed, resumed, run twice at once."""

from odoo import sql_db
from odoo.tests import BaseCase, tagged

from .processes import Forks, base_database, complaints, database, shell

ORDERS = 600
BATCH = 100

HISTORY = """
import sys
sys.path.insert(0, "bench")
from _history import build, define, prepare
base = prepare(env)
define(env.cr)
build(env.cr, base, %d)
env.cr.commit()
print("made")
"""

# the job as the scheduler runs it, in small batches
JOB = """
job = type(env["adv.backfill"])
run, sizes, fill = job._adv_cron_run, [], job._adv_fill_batch
job._adv_cron_run = lambda self, batch=%d: run(self, batch)
def counted(self, batch):
    sizes.append(fill(self, batch))
    return sizes[-1]
job._adv_fill_batch = counted
%s
%s
env.cr.commit()
print("filled", sum(sizes))
"""
BY_THE_SCHEDULER = 'env.ref("adv_orders.cron_backfill").method_direct_trigger()'
BY_HAND = 'env["adv.backfill"]._adv_cron_run()'

# the process dies in the middle of a batch, just after a commit, or while it looks for first orders
KILL = """
import os, signal
left = [%d]
before = job.%s
def die(self, *args):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return before(self, *args)
job.%s = die
"""

# neither fills all alone; what each finds out of the whole history it has read before the other wrote it
TOGETHER = """
import time
inner, mark = fill, job._adv_mark_first_orders
fill = lambda self, batch: (inner(self, batch), time.sleep(0.3))[0]
job._adv_remaining = lambda self: 0
job._adv_mark_first_orders = lambda self, partners: (
    time.sleep(1), mark(self, partners), time.sleep(1))[1]
"""

FACTS = """
SELECT name, adv_history, adv_state, adv_desk_rank, adv_commercial_partner_id, adv_amount_company,
       adv_received_date, adv_confirmed_date, adv_promise_initial, adv_promise_date, adv_line_count,
       adv_first_delivery_date, adv_delivered_date, adv_is_in_full, adv_is_on_time,
       COALESCE(adv_is_first_order, FALSE),
       (SELECT array_agg(ROW(line.adv_qty_confirmed, line.adv_promise_date)::text ORDER BY line.id)
          FROM sale_order_line line WHERE line.order_id = sale_order.id)
  FROM sale_order
 ORDER BY id
"""


@tagged("post_install", "-at_install", "lifecycle")
class TestBackfill(BaseCase):
    """600 earlier orders, 100 a batch; what an uninterrupted run writes is what every other run must."""

    def run_code(self, code, name):
        [result] = self.forks.run(code, name=name)
        return result

    def fill(self, name, road=BY_THE_SCHEDULER, before=""):
        """Run the job to its end; return how many orders it filled."""
        code, output = self.run_code(JOB % (BATCH, before, road), name)
        self.assertEqual(complaints(output), [])
        self.assertEqual(code, 0, output)
        return int(output.split("filled ")[1].split()[0])

    def kill(self, name, step, after):
        """Run the job and kill it when it comes to ``step`` for the time ``after`` + 1."""
        code, output = self.run_code(JOB % (BATCH, KILL % (after, step, step), BY_HAND), name)
        self.assertEqual(code, -9, output)

    def facts(self, name):
        with sql_db.db_connect(name).cursor() as cr:
            cr.execute(FACTS)
            return cr.fetchall()

    def remaining(self, name):
        with sql_db.db_connect(name).cursor() as cr:
            cr.execute("SELECT count(*) FROM sale_order WHERE adv_history")
            return cr.fetchone()[0]

    def is_on(self, name):
        with sql_db.db_connect(name).cursor() as cr:
            cr.execute("SELECT active FROM ir_cron WHERE cron_name = 'ADV: milestones of earlier orders'")
            return cr.fetchone()[0]

    def test_killed_resumed_and_shared(self):
        with database("adv_backfill", base_database()) as history:
            with shell(HISTORY % ORDERS, history) as process:
                self.assertIn("made", process.communicate(timeout=600)[0])
            with Forks(history, "adv_orders") as self.forks:
                self.assertEqual(self.forks.complaints(), [])
                self.assertEqual(self.remaining(history), ORDERS)
                sql_db.close_db(history)
                self.every_road(history)

    def every_road(self, history):
        with database("adv_backfill_whole", history) as whole:
            self.assertEqual(self.fill(whole), ORDERS)
            expected = self.facts(whole)
            self.assertFalse(self.is_on(whole))
            self.plausible(expected)
            sql_db.close_db(whole)
        with database("adv_backfill_killed", history) as killed:
            self.killed_and_resumed(killed, expected)
            sql_db.close_db(killed)
        with database("adv_backfill_shared", history) as shared:
            self.shared(shared, expected)
            sql_db.close_db(shared)

    def plausible(self, rows):
        """The lottery of the history: 80 % confirmed, nearly all of them shipped."""
        states = [row[2] for row in rows]
        self.assertEqual(len(rows), ORDERS)
        self.assertTrue(0.6 * ORDERS < states.count("delivered") < 0.8 * ORDERS, states.count("delivered"))
        self.assertGreater(states.count("draft"), 10)
        self.assertGreater(states.count("in_delivery"), 3)
        self.assertGreater(sum(row[15] for row in rows), 50)

    def killed_and_resumed(self, name, expected):
        """After each death all batches are whole or untouched, and the next run goes on from there."""
        self.kill(name, "_adv_fill_orders", 1)
        self.assertEqual(self.remaining(name), ORDERS - BATCH, "the second batch was rolled back")
        self.kill(name, "_adv_fill_batch", 2)
        self.assertEqual(self.remaining(name), ORDERS - 3 * BATCH, "killed between two batches")
        self.kill(name, "_adv_fill_kits", 0)
        self.assertEqual(self.remaining(name), ORDERS - 3 * BATCH)
        self.kill(name, "_adv_mark_first_orders", 0)
        self.assertEqual(self.remaining(name), 0)
        self.assertTrue(self.is_on(name), "what is not finished runs again")
        self.kill(name, "_adv_mark_first_orders", 1)
        self.assertEqual(self.fill(name), 0)
        self.assertFalse(self.is_on(name))
        self.assertEqual(self.facts(name), expected)

    def shared(self, name, expected):
        """Two at once fill every order once, and both find the first orders at the same time."""
        code = JOB % (BATCH, TOGETHER, BY_HAND)
        results = self.forks.run(code, code, name=name)
        self.assertEqual([code for code, _output in results], [0, 0], results)
        counts = [int(output.split("filled ")[1].split()[0]) for _code, output in results]
        self.assertEqual(sum(counts), ORDERS, counts)
        self.assertTrue(all(counts), counts)
        self.assertEqual(self.facts(name), expected)
