import base64

from odoo import api, fields, models

SIGNED = "%_signed_delivery_slip.pdf"  # as Odoo names what it keeps when a delivery note is signed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    adv_proof_ids = fields.Many2many(
        "ir.attachment",
        "adv_picking_proof_rel",
        "picking_id",
        "attachment_id",
        string="Proofs of Delivery",
        copy=False,
        help="Scans of the delivery note signed by the customer, photos of the goods at the customer's. They "
        "go with reminders and hand-overs; other documents of the delivery, as labels of carriers, do not.",
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        if "default_adv_proof_ids" in self.env.context or any("adv_proof_ids" in vals for vals in vals_list):
            pickings._adv_check_proofs(self.env["ir.attachment"])
        return pickings

    def write(self, vals):
        if "adv_proof_ids" not in vals:
            return super().write(vals)
        known = self._adv_proofs()
        result = super().write(vals)
        self._adv_check_proofs(known)
        return result

    # === BUSINESS METHODS: proofs ===#

    def _adv_proofs(self):
        self.invalidate_recordset(["adv_proof_ids"])  # what the user read is what they may read
        return self.sudo().adv_proof_ids.sudo(False)  # sudo: also those that the user may not read

    def _adv_check_proofs(self, known):
        """Refuse proofs that whoever puts them down may not read: they would leave with the next reminder.

        :param known: the proofs that were there before
        """
        (self._adv_proofs() - known).check_access("read")

    def _adv_delivery_proofs(self):
        """What proves that the goods arrived: what was put down as a proof, and the notes signed in Odoo.

        A delivery that was signed and whose document is gone gives its delivery note, with the signature.

        :return: [(file name, content)]
        """
        delivered = self.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id._adv_is_customers()
        )
        signed = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", delivered.ids),
                ("res_field", "=", False),
                ("name", "=like", SIGNED),
            ],
            order="id",
        )
        signed_of = signed.grouped("res_id")
        printing = self.env["ir.actions.report"].get_wkhtmltopdf_state() not in ("install", "broken")
        proofs = []
        for picking in delivered.sorted(lambda picking: (picking.date_done, picking.id)):
            number = picking.name.replace("/", "-")
            documents = picking.adv_proof_ids | signed_of.get(picking.id, signed.browse())
            proofs += [
                (f"{number} {document.name}".replace("/", "-"), document.raw)
                for document in documents.sorted("id")
            ]
            if printing and picking.signature and picking.id not in signed_of:
                proofs.append((f"{number}.pdf", picking._adv_delivery_note()))
        return proofs

    def _adv_delivery_note(self):
        report = self.env["ir.actions.report"]
        return report._render_qweb_pdf("stock.action_report_delivery", self.ids)[0]


class AccountMove(models.Model):
    _inherit = "account.move"

    def _adv_delivery_proofs(self):
        """Proofs of the deliveries that these invoices are about: [(file name, content)]."""
        return self._adv_pickings()._adv_delivery_proofs()

    def _adv_pickings(self):
        """Return the done deliveries of the orders that these invoices are about (sudo)."""
        # sudo: a collector reads neither orders nor deliveries, and proves with them what is owed
        pickings = self.sudo().invoice_line_ids.sale_line_ids.order_id.picking_ids
        return pickings.filtered(lambda picking: picking.state == "done")


class AdvDunningLevel(models.Model):
    _inherit = "adv.dunning.level"

    adv_attach_proofs = fields.Boolean(
        "Attach Delivery Proofs", help="Signed delivery notes of the invoices claimed go with the e-mail."
    )


class AdvDunningNotice(models.Model):
    _inherit = "adv.dunning.notice"

    def _process_attachments_for_template_post(self, mail_template):
        """Delivery proofs go with the notices of the levels that say so."""
        result = super()._process_attachments_for_template_post(mail_template)
        for notice in self.filtered("level_id.adv_attach_proofs"):
            proofs = notice.line_ids.move_id._adv_delivery_proofs()
            if proofs:
                found = result.setdefault(notice.id, {})
                found["attachments"] = [
                    *found.get("attachments", ()),
                    *((name, base64.b64encode(content)) for name, content in proofs),
                ]
        return result


class AdvReceivableStats(models.Model):
    _inherit = "adv.receivable.stats"

    def _handover_files(self, moves, date):
        """Delivery proofs of the invoices handed over, in a folder of their own."""
        files = super()._handover_files(moves, date)
        for picking in moves._adv_pickings().sorted(lambda move: (str(move.date_done or ""), move.id)):
            found = self._handover_part(picking.name, picking._adv_delivery_proofs)
            files += [(f"deliveries/{name}", content) for name, content in found]
        return files
