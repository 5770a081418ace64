from odoo import api, models
from odoo.exceptions import AccessError


class AdvDunningFacts(models.AbstractModel):
    """Facts nobody types: what was computed, sent, kept or charged.

    A model that inherits this one lists its facts in `_adv_protected_fields`. A value dictionary that holds
    one of them is refused at `create` and `write`, for everybody, superuser included; no context key lifts
    it. The addon's own code writes them with the private methods `_adv_create` and `_adv_set_facts`.
    """

    _name = "adv.dunning.facts"
    _description = "Facts written by the system only"

    @api.model
    def _adv_protected_fields(self):
        """Return the frozenset of the names of the fields that only the system writes."""
        return frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._adv_refuse_facts(vals)
        self._adv_refuse_default_facts()
        return super().create(vals_list)

    def write(self, vals):
        self._adv_refuse_facts(vals)
        return super().write(vals)

    def _adv_refuse_facts(self, names):
        facts = self._adv_protected_fields().intersection(names)
        if facts:
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s is recorded by the system and cannot be set by hand.",
                    fields=", ".join(
                        sorted(self._fields[name]._description_string(self.env) for name in facts)
                    ),
                    model=self._description,
                )
            )

    @api.model
    def _adv_refuse_default_facts(self):
        defaults = {name.removeprefix("default_") for name in self.env.context if name.startswith("default_")}
        self._adv_refuse_facts(defaults)

    @api.model
    def _adv_create(self, vals_list):
        """Create records with their facts; private, hence out of reach of RPC. Callers check rights."""
        # sudo: nobody has the right to create facts; the addon's own code does
        return super(AdvDunningFacts, self.sudo()).create(vals_list).sudo(self.env.su)

    def _adv_set_facts(self, vals):
        """Write facts; private, hence out of reach of RPC. Callers check rights."""
        # sudo: nobody has the right to write facts; the addon's own code does
        return super(AdvDunningFacts, self.sudo()).write(vals)

    def _adv_forget(self):
        """Delete records whose retention has passed; private, hence out of reach of RPC."""
        forgotten = self.env.cr.cache.setdefault("adv_dunning.forgotten", set())
        keys = {(self._name, record_id) for record_id in self.ids}
        forgotten |= keys
        try:
            # sudo: nobody has the right to delete facts; the job of their retention does
            self.sudo().unlink()
        finally:
            forgotten -= keys

    def _adv_is_forgotten(self):
        """Return whether the retention of all these records has passed and they are being deleted."""
        forgotten = self.env.cr.cache.get("adv_dunning.forgotten", ())
        return all((self._name, record_id) in forgotten for record_id in self.ids)
