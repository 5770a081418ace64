"""An Odoo server that times its statements: the extension that would is not loaded in every PostgreSQL.

    python _flow_server.py FILE MEETINGS odoo-arguments...

At the end it writes what its statements cost to FILE, as JSON. MEETINGS: see _flow_met.py; - for none.
"""

import json
import re
import sys
import threading
import time
from collections import defaultdict

from _flow_met import Meetings
from odoo import sql_db
from odoo.cli.server import main

_SPACE = re.compile(r"\s+")
_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_LISTS = re.compile(r"\((?:\?(?:, ?|,)?)+\)")
LONGEST = 300


class Statements:
    """Calls and seconds by the text of the statement, its values left out."""

    def __init__(self, file):
        self.file = file
        self.costs = defaultdict(lambda: [0, 0.0, 0.0])
        self.lock = threading.Lock()

    def watch(self):
        execute = sql_db.Cursor.execute

        def timed(cursor, query, *args, **kwargs):
            start = time.perf_counter()
            try:
                return execute(cursor, query, *args, **kwargs)
            finally:
                self.add(query, time.perf_counter() - start)

        sql_db.Cursor.execute = timed

    def add(self, query, seconds):
        text = getattr(query, "code", query)
        text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
        with self.lock:
            cost = self.costs[text]
            cost[0] += 1
            cost[1] += seconds
            cost[2] = max(cost[2], seconds)

    def write(self):
        """Write the costs; statements that differ in their values only are one."""
        together = defaultdict(lambda: [0, 0.0, 0.0])
        with self.lock:
            for text, (calls, seconds, longest) in self.costs.items():
                short = _LISTS.sub("(?)", _VALUES.sub("?", _SPACE.sub(" ", text).strip()))[:LONGEST]
                cost = together[short]
                cost[0] += calls
                cost[1] += seconds
                cost[2] = max(cost[2], longest)
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(dict(together), file)


if __name__ == "__main__":
    statements = Statements(sys.argv[1])
    statements.watch()
    if sys.argv[2] != "-":
        Meetings(sys.argv[2]).watch()
    try:
        main(sys.argv[3:])
    finally:
        statements.write()
