from . import (
    adv_aged_balance,
    adv_call_log,
    adv_dunning_level_preview,
    adv_dunning_preview,
    adv_dunning_release,
    adv_dunning_takeover,
    adv_dunning_takeover_told,
    adv_go_live,
    adv_late_charge_waive,
    adv_payment_plan,
    adv_write_off,
    base_partner_merge,
)
