"""Errors, requests, disputes and answers: columns and where from; see _trade_tables.py."""

from _trade_goods import RECEIVED

ERROR = "plan.fault BETWEEN 0 AND 0.06 AND plan.state = 'sale'"
ERRORS = {
    "type_id": "(SELECT MIN(id) FROM adv_error_type) + plan.number %% (SELECT COUNT(*) FROM adv_error_type)",
    "order_id": "plan.id",
    "order_name": "'T' || plan.number",
    "partner_id": "partner",
    "company_id": "%(company)s",
    "state": "'open'",
    "step": "CASE WHEN fault < 0.04 THEN 'entry' WHEN fault < 0.05 THEN 'delivery' ELSE 'billing' END",
    "found_by": "'customer'",
    "outcome": "CASE WHEN plan.number %% 2 = 0 THEN 'escaped' ELSE 'caught' END",
    "escaped": "plan.number %% 2 = 0",
    "date": "ordered + 2 + clock",
    "order_date": RECEIVED,
}
REQUESTS = {
    "company_id": "%(company)s",
    "partner_id": "partner",
    "commercial_partner_id": "partner",
    "order_id": "plan.id",
    "assistant_id": "NULLIF(assistant, 0)",
    "name": "'Where is it?'",
    "kind": "'question'",
    "channel": "'phone'",
    "state": "CASE WHEN ordered + 3 < CURRENT_DATE THEN 'answered' ELSE 'open' END",
    "is_repeat": "plan.number %% 5 = 0",
    "received_date": "ordered + 2 + clock",
    "date_due": "ordered + 3 + clock",
    "date_first_answer": "CASE WHEN ordered + 3 < CURRENT_DATE THEN ordered + 2 + clock + entry_hours "
    "* interval '30 minutes' END",
    "answer_hours": "CASE WHEN ordered + 3 < CURRENT_DATE THEN entry_hours / 6.0 END",
    "is_answered_on_time": "ordered + 3 < CURRENT_DATE",
}
DISPUTES = {
    "move_id": "invoice.id",
    "company_id": "%(company)s",
    "partner_id": "partner",
    "reason_id": "(SELECT MIN(id) FROM adv_dispute_reason)",
    "origin": "'phone'",
    "state": "CASE WHEN day + 25 < CURRENT_DATE THEN 'accepted' ELSE 'open' END",
    "date": "day",
    "date_closed": "CASE WHEN day + 25 < CURRENT_DATE THEN day + 25 END",
    "amount": "amount",
    "amount_company": "amount",
    "days_closed": "CASE WHEN day + 25 < CURRENT_DATE THEN 25 ELSE 0 END",
    "day_number": "day - DATE '0001-01-01' + 1",
}
ANSWERS = {
    "order_id": "plan.id",
    "company_id": "%(company)s",
    "team_id": "team",
    "user_id": "seller",
    "assistant_id": "NULLIF(assistant, 0)",
    "partner_id": "partner",
    "commercial_partner_id": "partner",
    "csat": "2 + plan.number / 20 %% 4",
    "nps": "4 + plan.number / 20 %% 7",
    "has_nps": "TRUE",
    "nps_point": "CASE WHEN plan.number / 20 %% 7 >= 5 THEN 1 "
    "WHEN plan.number / 20 %% 7 <= 2 THEN -1 ELSE 0 END",
    "date": "done + clock",
    "answered_date": "done + clock + interval '2 hours'",
}
