"""One Odoo process of a benchmark: runs steps it is told on its standard input and answers their cost.

A step is a JSON line {"step": name, ...}; the answer {"seconds": ..., "work": ..., "statements": ...}, where
work is the processor's time of this process: what others do on the machine does not lengthen it. The steps
are the functions of the module named as first argument, called with (env, **arguments).
"""

import importlib
import json
import os
import sys
import time

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def serve(steps, database):
    """Answer the steps on standard input until it ends."""
    registry = Registry(database)
    for line in sys.stdin:
        order = json.loads(line)
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            arguments = {key: value for key, value in order.items() if key != "step"}
            statements = odoo.sql_db.sql_counter
            start, work = time.perf_counter(), time.process_time()
            result = getattr(steps, order["step"])(env, **arguments)
            cr.commit()
            answer = {
                "seconds": time.perf_counter() - start,
                "work": time.process_time() - work,
                "statements": odoo.sql_db.sql_counter - statements,
                "result": result,
            }
        print(f"@{json.dumps(answer)}", flush=True)


if __name__ == "__main__":
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", sys.argv[2], "--log-level", "error"])
    serve(importlib.import_module(sys.argv[1]), sys.argv[2])
