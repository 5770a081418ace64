"""Runs inside Odoo's Python: opens a database and hands its environment to the sample loader.

python -m engine.inside CONFIG DATABASE FOLDER
"""

import json
import sys


def main(conf, database, folder):
    import odoo.api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    from engine import sample

    config.parse_config(["-c", conf, "-d", database, "--no-http", "--log-level", "warn"], setup_logging=True)
    registry = Registry(database)
    with registry.cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.api.SUPERUSER_ID, {})
        try:
            sample.main(env, folder, progress)
        except sample.SampleError as error:
            cursor.rollback()
            print(f"sample: {error}", flush=True)
            return 1
    return 0


def progress(done, total, what):
    print("progress: " + json.dumps([done, total, str(what)]), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
