"""What an addon adds to native tables that may be large, made before Odoo installs it.

Odoo adds columns, foreign keys and indexes in the one transaction of an installation: nobody writes an order
until the last index stands. Here each statement is a transaction of its own: a column and its foreign key
lock a table for moments, and an index is built while everybody works. What is there already Odoo leaves as it
is; what could not be made here it makes itself.
"""

import logging
from contextlib import contextmanager

import psycopg2
from odoo import models
from odoo.tools import SQL, sql

_logger = logging.getLogger(__name__)

# how long the building of an index waits for those who were at work before it
PATIENCE = "20s"


def prepare(env, module, columns, tables=(), mark=None):
    """Add columns and the addon's indexes to native tables; to be called by its ``pre_init_hook``.

    It commits. An installation that is ended later leaves columns that may be empty, which stop nobody.

    :param module: name of the addon
    :param columns: {table: {column: its type, with ``REFERENCES`` and ``ON DELETE``}}; every
        column of the addon in these tables: a column that is new and empty needs no look at the rows for its
        foreign key
    :param tables: the tables of the addon that ``columns`` refer to
    :param mark: column of `sale_order` that is true for the orders of before and empty for those to come
    """
    with _each_by_itself(env.cr):
        for table in tables:
            if not sql.table_exists(env.cr, table):
                sql.create_model_table(env.cr, table)
        for table, wanted in columns.items():
            _add_columns(env.cr, table, wanted)
        if mark:
            _add_mark(env.cr, mark)
        _build_indexes(env, module, columns)


@contextmanager
def _each_by_itself(cr):
    cr.commit()  # pylint: disable=invalid-commit
    cr._cnx.autocommit = True
    try:
        yield
    finally:
        cr._cnx.autocommit = False


def _add_columns(cr, table, wanted):
    known = sql.table_columns(cr, table)
    for name, kind in wanted.items():
        if name not in known:
            cr.execute(SQL("ALTER TABLE %s ADD COLUMN %s %s", *map(SQL.identifier, (table, name)), SQL(kind)))


def _add_mark(cr, name):
    """Mark the orders of before by a constant default that goes at once: no row is rewritten."""
    if not sql.column_exists(cr, "sale_order", name):
        cr.execute(
            SQL(
                """
                ALTER TABLE sale_order ADD COLUMN %(name)s boolean DEFAULT TRUE;
                ALTER TABLE sale_order ALTER COLUMN %(name)s DROP DEFAULT
                """,
                name=SQL.identifier(name),
            )
        )


def _build_indexes(env, module, tables):
    """Build the indexes of the addon on these tables, as Odoo would name and note them.

    Where somebody's long transaction holds one up, it and what comes after it are left to the installation.
    """
    env.cr.execute(SQL("SET lock_timeout = %s", PATIENCE))
    all(_build_index(env.cr, *index) for index in _indexes(env, module, tables))
    env.cr.execute("RESET lock_timeout")


def _build_index(cr, name, table, unique, definition, note):
    """Build an index unless it is there, anew where its building was ended; return whether it could be."""
    valid = _is_valid(cr, name)
    if valid:
        return True
    identifier = SQL.identifier(name)
    try:
        if valid is False:
            cr.execute(SQL("DROP INDEX CONCURRENTLY %s", identifier))
        cr.execute(
            SQL(
                "CREATE %s INDEX CONCURRENTLY %s ON %s %s",
                SQL(unique),
                identifier,
                SQL.identifier(table),
                SQL(definition.replace("%", "%%")),
            ),
            log_exceptions=False,
        )
    except psycopg2.Error as error:
        _logger.info("%s is left to the installation: %s", name, error)
        cr.execute("RESET lock_timeout")
        cr.execute(SQL("DROP INDEX CONCURRENTLY IF EXISTS %s", identifier))
        return False
    if note:
        cr.execute(SQL("COMMENT ON INDEX %s IS %s", identifier, note))
    return True


def _is_valid(cr, name):
    """Return whether the index is whole, None where there is none."""
    cr.execute(
        SQL(
            """SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                WHERE relname = %s AND relnamespace = current_schema::regnamespace""",
            name,
        )
    )
    found = cr.fetchone()
    return found and found[0]


def _indexes(env, module, tables):
    """Yield (name, table, UNIQUE or nothing, definition, note) of the addon's indexes on these tables.

    The addon's classes are known already, the models of the registry are not extended by them yet.
    """
    for extension in models.MetaModel._module_to_models__[module]:
        model = env.get(extension._name)
        if model is None or model._table not in tables:
            continue
        for index in extension._table_object_definitions:
            if isinstance(index, models.Index):
                note = index.get_definition(env.registry)
                unique, _word, clause = note.partition("INDEX ")
                yield index.full_name(model), model._table, unique, clause, note
        for field in extension._field_definitions:
            kind = field._args__.get("index")
            if kind and kind != "trigram":
                column = f'"{field.name}"'
                clause = f"({column})" + (f" WHERE {column} IS NOT NULL" if kind == "btree_not_null" else "")
                yield sql.make_index_name(model._table, field.name), model._table, "", clause, ""
