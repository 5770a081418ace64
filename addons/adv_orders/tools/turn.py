from odoo.tools import SQL


def take_turn(*recordsets):
    """Lock records before a long piece of work on them begins; who has them locked is waited for.

    PostgreSQL refuses to write what another transaction wrote since ours began, and Odoo then starts ours
    again, five times at most. Whoever comes second at the same order is refused here, with nothing done yet,
    instead of at the end of seconds of work in which a third one may come first; and the jobs, which skip
    what is locked, leave the order to who works on it.

    :param recordsets: in the order in which everybody locks: orders, then their moves
    :raise SerializationFailure: when one of them was written meanwhile; what calls for it is taken again
    """
    for records in recordsets:
        if records.ids:
            records.env.cr.execute(
                SQL(
                    "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                    SQL.identifier(records._table),
                    records.ids,
                ),
                log_exceptions=False,
            )
