"""Who met whom: who had written the row, for each statement that PostgreSQL refused for it.

A server notes what each of its transactions was for when it commits, and for each refused statement who wrote
the rows that it named; ``meetings`` reads the notes of all servers together.
"""

import json
import re
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg2
from odoo import sql_db
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

AT_ONCE = (DeadlockDetected, LockNotAvailable, SerializationFailure)
WRITTEN = re.compile(r'^\s*(?:UPDATE|DELETE\s+FROM|INSERT\s+INTO)\s+"?(\w+)"?', re.I)
LOCKED = re.compile(r'\bFROM\s+"?(\w+)"?', re.I)
SET = re.compile(r"\bSET\b(.*?)(?:\bFROM\b|\bWHERE\b|$)", re.S)
COLUMNS = re.compile(r'"?(\w+)"? = ')
IDS = re.compile(r"\bIN \(([\d, ]+)\)|= ANY\(ARRAY\[([\d, ]+)\]\)|VALUES (\(.*\)) AS|\bid\"? = (\d+)", re.S)
FIRST = re.compile(r"\((\d+),")


class Meetings:
    """The notes of one server."""

    def __init__(self, file):
        self.file, self.lock = Path(file), threading.Lock()
        self.file.write_text("", encoding="utf-8")

    def watch(self):
        notes, kind = self, sql_db.Cursor
        execute, commit, rollback = kind.execute, kind.commit, kind.rollback

        def noting(cursor, query, *args, **kwargs):
            try:
                result = execute(cursor, query, *args, **kwargs)
            except AT_ONCE as error:
                notes.refused(cursor, str(error).split("\n")[0])
                raise
            text = _text(query)
            if found := WRITTEN.match(text):
                cursor.__dict__.setdefault("flow_wrote", set()).add(_columns(found[1], text))
            return result

        def committing(cursor):
            cursor.flush()
            number = None
            if cursor._cnx.get_transaction_status() == TRANSACTION_STATUS_INTRANS:
                cursor._obj.execute("SELECT pg_current_xact_id_if_assigned()::text")
                number = cursor._obj.fetchone()[0]
            commit(cursor)
            wrote = sorted(cursor.__dict__.pop("flow_wrote", ()))
            if number:
                notes.note(number=number, who=doing(), at=time.time(), wrote=wrote)

        def forgetting(cursor):
            cursor.__dict__.pop("flow_wrote", None)
            rollback(cursor)

        kind.execute, kind.commit, kind.rollback = noting, committing, forgetting

    def note(self, **values):
        with self.lock, self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def refused(self, cursor, error):
        text = (cursor._obj.query or b"").decode(errors="replace")
        found = WRITTEN.match(text) or LOCKED.search(text)
        table, ids = found[1] if found else "?", _ids(text)
        rows = _writers(cursor._cnx.dsn, table, ids) if ids else []
        wrote = _columns(table, text) if WRITTEN.match(text) else f"{table} locked"
        self.note(refused=wrote, table=table, who=doing(), rows=rows, text=text[:300], error=error)


def _text(query):
    text = getattr(query, "code", query)
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)


def _columns(table, text):
    found = SET.search(text)
    names = sorted(set(COLUMNS.findall(found[1])) - {"write_uid", "write_date"}) if found else []
    return f"{table}({', '.join(names)})"


def _ids(text):
    for plain, array, values, one in IDS.findall(text):
        if plain or array:
            return [int(number) for number in (plain or array).split(",")]
        if values:
            return [int(number) for number in FIRST.findall(values)]
        if one:
            return [int(one)]
    return []


def _writers(dsn, table, ids):
    """Return [(id, transaction that wrote the row last)]."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(f'SELECT id, xmin::text FROM "{table}" WHERE id = ANY(%s)', [ids])
        return cursor.fetchall()


def doing():
    """What the thread is at: a job's name, or the path of the request."""
    frame = sys._getframe()
    while frame:
        if frame.f_code.co_name == "_callback" and "cron_name" in frame.f_locals:
            return f"job {frame.f_locals['cron_name']}"
        frame = frame.f_back
    thread = threading.current_thread()
    path = re.sub(r"^https?://[^/]+|\?.*", "", getattr(thread, "url", "") or thread.name)
    return re.sub(r"\d+", "N", path.replace("/web/dataset/call_kw/", ""))


def meetings(files):
    """Return Counter of (loser, what it wrote, winner, what that one wrote of the same table)."""
    notes = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    made = {note["number"]: note for note in notes if "number" in note}
    found = Counter()
    for note in notes:
        if "refused" in note:
            winner = _latest(note, made)
            wrote = [text for text in winner.get("wrote", ()) if text.startswith(f"{note['table']}(")]
            found[note["who"], note["refused"], winner.get("who", "?"), "; ".join(wrote)] += 1
    return found


def _latest(note, made):
    known = [made[number] for _id, number in note["rows"] if number in made]
    return max(known, key=lambda made: made["at"], default={})
