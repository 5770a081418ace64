"""Watching over what is not the attacker's: rows that nobody may change, words that nobody may read."""

import io
import json
import math
import zipfile

from odoo.tools import SQL
from odoo.tools.json import json_default

from .hostile_world import (
    COMPANY_AMOUNTS,
    COMPANY_WORD,
    CUSTOMER_AMOUNTS,
    CUSTOMER_WORD,
    OUTSIDERS,
    is_of_company,
)

NOTED = ("mail_message", "mail_activity", "ir_attachment", "mail_followers")  # things said of a record
POINTERS = (
    "order_id",
    "move_id",
    "sale_id",
    "agreement_id",
    "request_id",
    "result_id",
    "notice_id",
    "run_id",
)


class Guard:
    """Database triggers note each change of a row of the other company, or of the other customer.

    They live in the test's transaction. A change that is rolled back leaves no note.
    """

    def __init__(self, world):
        self.env = world.env
        self.world = world
        self.env.flush_all()
        self._plant()
        self._set_triggers()

    def _plant(self):
        self.env.cr.execute(
            """
            CREATE TEMP TABLE hostile_planted (relation text, id int, owner text, PRIMARY KEY (relation, id));
            CREATE TEMP TABLE hostile_touched (
                relation text, operation text, owner text, old jsonb, new jsonb
            )
            """
        )
        self.tables = {}
        for model in self._models():
            self.tables[model._table] = model
            if is_of_company(model):
                self._add(model, "company", SQL("company_id = %s", self.world.other.id))
        customer = SQL("%s", self.world.other_customer.id)
        for model in self.tables.values():
            for name in ("partner_id", "commercial_partner_id"):
                if self._has_column(model, name):
                    self._add(model, "customer", SQL("%s = %s", SQL.identifier(name), customer))
        self._add(self.env["res.partner"], "customer", SQL("id = %s", customer))
        for model in list(self.tables.values()):
            for name in POINTERS:
                if self._has_column(model, name):
                    self._add_pointed(model, name)
        self.env.cr.execute("ANALYZE hostile_planted")

    def _models(self):
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._auto and not model._abstract and not model._transient:
                yield model

    def _has_column(self, model, name):
        field = model._fields.get(name)
        return bool(field and field.store and field.type == "many2one")

    def _add(self, model, owner, condition):
        self.env.cr.execute(
            SQL(
                "INSERT INTO hostile_planted SELECT %s, id, %s FROM %s WHERE %s ON CONFLICT DO NOTHING",
                model._table,
                owner,
                SQL.identifier(model._table),
                condition,
            )
        )

    def _add_pointed(self, model, name):
        target = self.env[model._fields[name].comodel_name]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO hostile_planted
                SELECT %s, line.id, planted.owner FROM %s line
                  JOIN hostile_planted planted ON planted.relation = %s AND planted.id = line.%s
                    ON CONFLICT DO NOTHING
                """,
                model._table,
                SQL.identifier(model._table),
                target._table,
                SQL.identifier(name),
            )
        )

    def _set_triggers(self):
        self.env.cr.execute(
            """
            CREATE FUNCTION pg_temp.hostile_note() RETURNS trigger LANGUAGE plpgsql AS $note$
            DECLARE
                before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
                after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
                whose text;
            BEGIN
                SELECT owner INTO whose FROM hostile_planted
                 WHERE (relation = TG_TABLE_NAME AND id = (before->>'id')::int)
                    OR (relation = replace(coalesce(after->>'res_model', after->>'model'), '.', '_')
                        AND id = (after->>'res_id')::int)
                 ORDER BY owner LIMIT 1;
                IF after->>'company_id' = TG_ARGV[0] THEN whose := 'company'; END IF;
                IF whose IS NULL AND TG_OP = 'INSERT' AND after->>'partner_id' = TG_ARGV[1] THEN
                    whose := 'customer';
                END IF;
                IF whose IS NOT NULL AND before IS DISTINCT FROM after THEN
                    INSERT INTO hostile_touched VALUES (TG_TABLE_NAME, TG_OP, whose, before, after);
                END IF;
                RETURN NULL;
            END
            $note$
            """
        )
        self.env.cr.execute("SELECT DISTINCT relation FROM hostile_planted")
        for relation in sorted({row[0] for row in self.env.cr.fetchall()} | set(self.tables) | set(NOTED)):
            self.env.cr.execute(
                SQL(
                    "CREATE TRIGGER hostile_note AFTER INSERT OR UPDATE OR DELETE ON %s"
                    " FOR EACH ROW EXECUTE FUNCTION pg_temp.hostile_note(%s, %s)",
                    SQL.identifier(relation),
                    str(self.world.other.id),
                    str(self.world.other_customer.id),
                )
            )

    # --- What happened

    def changed(self, role):
        """What was changed that is not the role's."""
        self.env.cr.execute("SELECT relation, operation, owner, old, new FROM hostile_touched")
        return [
            f"{operation} of {owner}'s {relation}: {difference(old, new)}"
            for relation, operation, owner, old, new in self.env.cr.fetchall()
            if owner == "company" or role in OUTSIDERS
        ]

    @staticmethod
    def seen(role, result):
        """What a result tells that is not the role's to know."""
        outsider = role in OUTSIDERS
        words = [COMPANY_WORD, CUSTOMER_WORD] if outsider else [COMPANY_WORD]
        amounts = [COMPANY_AMOUNTS, CUSTOMER_AMOUNTS] if outsider else [COMPANY_AMOUNTS]
        text = as_text(result)
        found = [text[max(0, text.find(word) - 80) :][:200] for word in words if word in text]
        return found + [
            str(number)
            for number in numbers(result)
            if any(least < abs(number) < most for least, most in amounts)
        ]


def difference(old, new):
    if not old or not new:
        return str(new or old)[:300]
    return {name: (old[name], new[name]) for name in old if old[name] != new.get(name)}


def as_text(result):
    """All words in what a method gave back, whatever it is; workbooks are unpacked."""
    if isinstance(result, bytes):
        if result.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(result)) as archive:
                return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
        return result.decode(errors="replace")
    if isinstance(result, str):
        return result
    return json.dumps(result, default=json_default, ensure_ascii=False)


def numbers(result):
    """All finite numbers in a result."""
    if isinstance(result, dict):
        for key, value in result.items():
            yield from numbers(key)
            yield from numbers(value)
    elif isinstance(result, (list, tuple)):
        for value in result:
            yield from numbers(value)
    elif isinstance(result, (int, float)) and not isinstance(result, bool) and math.isfinite(result):
        yield result
