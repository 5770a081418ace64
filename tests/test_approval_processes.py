"""Approvals in several processes with real commits: what a test transaction cannot show."""

import re
import signal
import time
from contextlib import ExitStack

from odoo.tests import BaseCase, tagged

from .processes import base_database, complaints, database, odoo, shell

SET_UP = """
from odoo.fields import Command
company = env.company
company.write({"adv_check_mode": "enforce", "adv_approval_mode": "enforce"})
def user(login, group):
    return env["res.users"].with_context(no_reset_password=True).create(
        {"name": login, "login": login, "group_ids": [Command.set(env.ref(group).ids)]}
    )
asker = user("asker", "adv_orders.group_adv_assistant")
finance, board = user("finance", "base.group_user"), user("board", "base.group_user")
product = env["product.product"].create(
    {"name": "Chair", "is_storable": True, "list_price": 100.0, "taxes_id": False}
)
customer = env["res.partner"].create({
    "name": "Dupont", "street": "1 rue", "city": "Lyon", "zip": "69001", "country_id": env.ref("base.fr").id,
    "email": "d@example.com",
})
for member in (finance, board):
    department = env["adv.department"].create({"name": member.name, "member_ids": [Command.set(member.ids)]})
    env["adv.approval.rule"].create(
        {"name": member.name, "department_id": department.id, "amount_min": 100.0}
    )
def order(number):
    return env["sale.order"].create({
        "partner_id": customer.id, "client_order_ref": str(number),
        "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 2 + number})],
    })
"""
TOGETHER = """
import time
import odoo.service.model as service
at = {at}
def wait():
    env.cr.commit()
    time.sleep(max(0, at - time.time()))
"""


@tagged("post_install", "-at_install", "lifecycle")
class TestApprovalProcesses(BaseCase):
    def start(self, *codes, name):
        """Run scripts at the same time, each in a process of its own; return [(exit code, output)]."""
        with ExitStack() as stack:
            processes = [stack.enter_context(shell(code, name)) for code in codes]
            outputs = [process.communicate(timeout=300)[0] for process in processes]
            return [(process.returncode, output) for process, output in zip(processes, outputs, strict=True)]

    def run_scripts(self, *codes, name):
        for code, output in (results := self.start(*codes, name=name)):
            self.assertEqual(complaints(output), [])
            self.assertNotIn("Traceback", output)
            self.assertEqual(code, 0, output[-2000:])
        return [dict(re.findall(r"RESULT (\w+)=(\S*)", output)) for _code, output in results]

    def install(self, name):
        code, log = odoo("server", "-i", "adv_orders", "--stop-after-init", "--without-demo", name=name)
        self.assertEqual(code, 0, log[-2000:])

    def at(self, seconds):
        return TOGETHER.format(at=time.time() + seconds)

    def test_at_the_same_time(self):
        """Two departments decide at once, then two jobs confirm at once: one confirmation, one delivery."""
        with database("adv_approval_processes", base_database()) as name:
            self.install(name)
            asked = SET_UP + (
                "o = order(1)\n"
                "o.with_user(asker).action_confirm()\n"
                "env.cr.commit()\n"
                "print(f'RESULT state={o.adv_state}')\n"
                "print(f'RESULT count={len(o.adv_approval_ids)}')\n"
            )
            self.assertEqual(self.run_scripts(asked, name=name), [{"state": "to_approve", "count": "2"}])
            decide = (
                self.at(20)
                + "def decide():\n"
                + "    user = env['res.users'].search([('login', '=', '{login}')])\n"
                + "    rows = env['adv.approval'].with_user(user).search([])\n"
                + "    rows.search([('state', '=', 'pending')]).action_approve()\n"
                + "wait()\n"
                + "service.retrying(decide, env)\n"
                + "env.cr.commit()\n"
            )
            self.run_scripts(
                decide.replace("{login}", "finance"), decide.replace("{login}", "board"), name=name
            )
            confirm = self.at(20) + (
                "wait()\n"
                "service.retrying(lambda: env['sale.order']._adv_cron_confirm_ready(), env)\n"
                "env.cr.commit()\n"
            )
            self.run_scripts(confirm, confirm, name=name)
            seen = (
                "o = env['sale.order'].search([], limit=1)\n"
                "print(f'RESULT state={o.state}')\n"
                "print(f'RESULT deliveries={len(o.picking_ids)}')\n"
                "print(f'RESULT moves={len(o.order_line.move_ids)}')\n"
                "print(f'RESULT ready={o.adv_ready}')\n"
                'print(f\'RESULT decisions={",".join(sorted(o.adv_approval_ids.mapped("decision")))}\')\n'
            )
            self.assertEqual(
                self.run_scripts(seen, name=name),
                [
                    {
                        "state": "sale",
                        "deliveries": "1",
                        "moves": "1",
                        "ready": "False",
                        "decisions": "approved,approved",
                    }
                ],
            )

    def test_the_reminder_job_is_killed(self):
        """Killed after two chunks of five and inside the third, then run again: one message a question."""
        with database("adv_approval_killed", base_database()) as name:
            self.install(name)
            asked = SET_UP + (
                "orders = env['sale.order'].browse()\n"
                "for number in range(12):\n"
                "    orders |= order(number)\n"
                "orders.with_user(asker).action_confirm()\n"
                "rows = env['adv.approval'].search([])\n"
                "rows.write({'remind_at': '2020-01-01', 'deadline': '2100-01-01'})\n"
                "env.cr.commit()\n"
            )
            self.run_scripts(asked, name=name)
            killed = (
                "import os, signal\n"
                "cron = type(env['ir.cron'])\n"
                "original, done = cron._commit_progress, []\n"
                "def progress(self, *args, **kwargs):\n"
                "    done.append(1)\n"
                "    if len(done) == 3:\n"
                "        os.kill(os.getpid(), signal.SIGKILL)\n"
                "    return original(self, *args, **kwargs)\n"
                "cron._commit_progress = progress\n"
                "env['adv.approval']._adv_cron_remind(limit=5)\n"
            )
            [(code, _output)] = self.start(killed, name=name)
            self.assertEqual(code, -signal.SIGKILL)
            count = (
                "rows = env['adv.approval'].search([])\n"
                "messages = env['mail.message'].search([('model', '=', 'adv.approval'), "
                "('message_type', '=', 'user_notification')])\n"
                "print(f'RESULT reminded={len(rows.filtered(\"reminded_date\"))}')\n"
                "print(f'RESULT messages={len(messages)}')\n"
                "print(f'RESULT questions={len(set(messages.mapped(\"res_id\")))}')\n"
            )
            self.assertEqual(
                self.run_scripts(count, name=name), [{"reminded": "10", "messages": "10", "questions": "10"}]
            )
            again = "env['adv.approval']._adv_cron_remind(limit=5)\nenv.cr.commit()\n"
            self.run_scripts(again, name=name)
            self.run_scripts(again, name=name)
            self.assertEqual(
                self.run_scripts(count, name=name), [{"reminded": "24", "messages": "24", "questions": "24"}]
            )
