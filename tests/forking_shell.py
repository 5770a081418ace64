"""Runs pieces of code at once or one after the other, each in a forked child with connections of its own.

    python forking_shell.py CONFIGURATION DATABASE ADDONS

The addons are installed here and the registry is loaded once, where ``odoo shell`` loads it each time. Each
line of the input is one piece of work as JSON: its number, the code, the database (one that was copied from
ours) and the file for what it prints. Answers with a line as soon as we are ready, and as each one ends.
"""

import json
import os
import sys
import threading
import traceback

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

ANSWERS = threading.Lock()


def answer(**facts):
    with ANSWERS:
        print(json.dumps(facts), flush=True)


def turn_to(registry, name):
    """Let the registry work on a copy of its database."""
    if registry.db_name != name:
        registry.db_name = name
        registry._db = odoo.sql_db.db_connect(name)
        Registry.registries[name] = registry


def work(registry, code, name, file):
    """In the child: run the code, as a shell does, and leave."""
    sink = os.open(file, os.O_WRONLY | os.O_APPEND)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    status = 1
    try:
        turn_to(registry, name)
        with registry.cursor() as cr:
            exec(code, {"env": api.Environment(cr, SUPERUSER_ID, {})})
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def report(number, child):
    answer(number=number, code=os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def main(database, addons):
    registry = Registry.new(database, update_module=bool(addons), install_modules=addons)
    odoo.sql_db.close_all()
    answer(ready=True)
    for line in sys.stdin:
        job = json.loads(line)
        with ANSWERS:  # nobody prints while we fork
            child = os.fork()
        if not child:
            work(registry, job["code"], job["name"], job["file"])
        threading.Thread(target=report, args=(job["number"], child)).start()


if __name__ == "__main__":
    config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level", "warn"])
    main(sys.argv[2], [name for name in sys.argv[3].split(",") if name])
