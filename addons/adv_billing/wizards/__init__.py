from . import account_move_reversal, adv_hold_release
