from . import (
    account_move,
    adv_backfill,
    adv_kpi,
    adv_kpi_dashboard,
    adv_kpi_target,
    adv_receivable_entry,
    sale_order,
)
