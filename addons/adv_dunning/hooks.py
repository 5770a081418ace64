"""Install on history: what a large ledger is given, made before Odoo would make it under lock."""

import logging
from datetime import timedelta

import psycopg2
from odoo.tools import SQL

from .wizards.adv_go_live import HISTORY_DAYS

_logger = logging.getLogger(__name__)

# every column of ours in the tables that may be large; new and empty, they need no look at the rows
COLUMNS = {
    "account_move": {
        "adv_collection_date": "date",
        "adv_collection_kind": "varchar",
        "adv_collection_maturity": "date",
        "adv_collection_returned": "date",
    },
    "account_move_line": {
        "adv_writes_off_id": "int4 REFERENCES account_move_line ON DELETE SET NULL",
    },
}
# named as Odoo would
INDEXES = {
    "account_move_line__adv_writes_off_id_index": SQL(
        "account_move_line (adv_writes_off_id) WHERE adv_writes_off_id IS NOT NULL"
    ),
    "account_partial_reconcile_adv_max_date_idx": SQL("account_partial_reconcile (max_date)"),
}
# how long the building of an index waits for those who were at work before it
PATIENCE = "20s"


def pre_init_hook(env):
    """Add columns and indexes, each in a transaction of its own: they lock for moments.

    It commits. An index that cannot be built so is left to the installation.
    """
    cr = env.cr
    cr.commit()  # pylint: disable=invalid-commit
    cr._cnx.autocommit = True
    try:
        for table, columns in COLUMNS.items():
            for name, kind in columns.items():
                cr.execute(
                    SQL(
                        "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s",
                        SQL.identifier(table),
                        SQL.identifier(name),
                        SQL(kind),
                    )
                )
        for name, definition in INDEXES.items():
            _build_index(cr, SQL.identifier(name), definition)
    finally:
        cr._cnx.autocommit = False


def _build_index(cr, name, definition):
    """Build it while everybody works; one whose building was ended goes first."""
    cr.execute(SQL("DROP INDEX CONCURRENTLY IF EXISTS %s", name))
    cr.execute(SQL("SET lock_timeout = %s", PATIENCE))
    try:
        cr.execute(SQL("CREATE INDEX CONCURRENTLY %s ON %s", name, definition), log_exceptions=False)
    except psycopg2.Error as error:
        _logger.info("%s is left to the installation: %s", name.code, error)
        cr.execute("RESET lock_timeout")
        cr.execute(SQL("DROP INDEX CONCURRENTLY IF EXISTS %s", name))
    cr.execute("RESET lock_timeout")


def post_init_hook(env):
    """What has been open for long when reminders are installed is history: reminded by hand only."""
    groups = env["account.move.line"]._read_group(
        [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ],
        ["company_id"],
        ["date_maturity:min"],
    )
    for company, oldest in groups:
        start = company._adv_today() - timedelta(days=HISTORY_DAYS)
        if oldest and oldest < start:
            company.adv_dunning_history_date = start
