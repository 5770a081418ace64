from odoo import models
from odoo.tools import SQL
from psycopg2.extras import Json


class Base(models.AbstractModel):
    """Sentences that the system keeps: each reader reads them in their own language.

    Such a sentence is a function of an environment that returns it translated, or a plain string where a
    person wrote it. It is kept in a translated field, told in every installed language.
    """

    _inherit = "base"

    def _adv_tell_in(self, told, lang):
        """Return a sentence (function of an environment, or a string) in the language ``lang``."""
        return (told(self.with_context(lang=lang).env) if callable(told) else told) or ""

    def _adv_tell_everywhere(self, told):
        """Return {language code: sentence} for the installed languages, English always among them."""
        if not callable(told):
            return {"en_US": told or ""}
        codes = {code for code, _name in self.env["res.lang"].get_installed()} | {"en_US"}
        return {code: self._adv_tell_in(told, code) for code in sorted(codes)}

    def _adv_titled(self, title, message):
        """Return a sentence behind what it is about; French writes a space before the colon."""
        return self.env._("%(title)s: %(message)s", title=title, message=message)

    def _adv_notify_each(self, people, subject, body):
        """Send users a message about the record, by mail or inbox as each prefers, in their language.

        :param subject: a function of an environment that returns the text, as is ``body``
        """
        self.ensure_one()
        for lang, readers in people.grouped("lang").items():
            self.with_context(lang=lang).message_notify(
                partner_ids=readers.partner_id.ids,
                subject=self._adv_tell_in(subject, lang),
                body=self._adv_tell_in(body, lang),
                email_layout_xmlid="mail.mail_notification_light",
            )

    def _adv_keep_told(self, name, told):
        """Write sentences into the translated field ``name`` in every installed language; one statement.

        :param dict told: {record id: function of an environment}; server code only
        """
        if not told:
            return
        self.flush_model([name])
        texts = {record_id: Json(self._adv_tell_everywhere(sentence)) for record_id, sentence in told.items()}
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s AS kept SET %(field)s = told.texts "
                "FROM (VALUES %(rows)s) AS told (id, texts) WHERE kept.id = told.id",
                table=SQL.identifier(self._table),
                field=SQL.identifier(name),
                rows=SQL(", ").join(SQL("(%s, %s::jsonb)", *row) for row in texts.items()),
            )
        )
        self.invalidate_model([name], flush=False)
