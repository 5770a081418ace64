from datetime import timedelta

from . import controllers, models, report, tools, wizards
from .wizards.adv_go_live import HISTORY_DAYS


def _post_init_hook(env):
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
