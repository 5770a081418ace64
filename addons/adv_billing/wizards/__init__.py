from . import account_move_reversal, adv_billing_preview, adv_hold_release, base_partner_merge
