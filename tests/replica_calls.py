"""Ask for the dashboard as a browser does, with a replica in the configuration; run by test_replica.py.

Arguments: the configuration file, the database. Prints the answer's cards as JSON.
"""

import json
import sys

from odoo import SUPERUSER_ID, api, http
from odoo.modules.registry import Registry
from odoo.service import security
from odoo.tools import config
from werkzeug.test import Client

DAYS = ("2026-02-01", "2026-02-28")


def session_of(database):
    """The id of a session of the administrator."""
    session = http.root.session_store.new()
    with Registry(database).cursor() as cr:
        user = api.Environment(cr, SUPERUSER_ID, {}).ref("base.user_admin")
        session.update(http.get_default_session(), db=database, _trace_disable=True)
        session.uid, session.login = user.id, user.login
        session.context = dict(user.with_user(user).context_get())
        session.session_token = security.compute_session_token(session, api.Environment(cr, user.id, {}))
    http.root.session_store.save(session)
    return session.sid


def main(path, database):
    config.parse_config(["-c", path, "-d", database, "--log-level", "warn"])
    client = Client(http.root)
    client.set_cookie("session_id", session_of(database), domain="localhost")
    answer = client.post(
        "/web/dataset/call_kw/adv.kpi/get_dashboard",
        json={"params": {"model": "adv.kpi", "method": "get_dashboard", "args": DAYS, "kwargs": {}}},
    ).json
    print(json.dumps(answer.get("error") or [card["code"] for card in answer["result"]["cards"]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
