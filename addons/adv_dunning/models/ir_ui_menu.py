from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """The take-over is there where there is something to take over from."""
        hidden = super()._load_menus_blacklist()
        menu = self.env.ref("adv_dunning.menu_takeover", raise_if_not_found=False)
        if menu and not self.env["adv.dunning.takeover"]._is_possible():
            hidden.append(menu.id)
        return hidden
