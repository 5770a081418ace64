from . import adv_dunning_preview, adv_go_live, adv_late_charge_waive
