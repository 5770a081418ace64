"""A ledger of receivables: invoices, the day each was settled, and which were disputed.

What the file does not tell was chosen so:

- its five country codes are no codes of countries known to us, so they are kept as contact tags;
- an invoice has one line, without tax; a payment is of one invoice;
- a dispute is open from the invoice to the payment, which was in full: it ends as rejected;
- e-mail addresses are under a domain that cannot receive mail, so that reminders can be tried.
"""

from .common import MAIL_DOMAIN, Loader, SampleError, amount, check_unique, read_rows, text, us_day

COLUMNS = {
    "countryCode": text,
    "customerID": text,
    "invoiceNumber": text,
    "InvoiceDate": us_day,
    "DueDate": us_day,
    "InvoiceAmount": amount,
    "Disputed": text,
    "SettledDate": us_day,
}


class Receivables(Loader):
    name = "Receivables"
    company_name = "Receivables Sample"
    company_key = "receivables"
    tz = "America/New_York"

    def __init__(self, env, folder):
        super().__init__(env)
        rows = read_rows(folder / "accounts_receivable.csv", COLUMNS)
        check_unique("accounts_receivable.csv", rows, "invoiceNumber")
        for row in rows:
            if row["Disputed"] not in ("Yes", "No"):
                raise SampleError(
                    f"accounts_receivable.csv: {row['invoiceNumber']}: Disputed is neither Yes nor No"
                )
            if row["SettledDate"] < row["InvoiceDate"]:
                raise SampleError(
                    f"accounts_receivable.csv: {row['invoiceNumber']} is settled before it is made"
                )
        self.rows = sorted(rows, key=lambda row: (row["InvoiceDate"], row["invoiceNumber"]))
        self.settled = sorted(rows, key=lambda row: (row["SettledDate"], row["invoiceNumber"]))
        self.disputed = [row for row in self.rows if row["Disputed"] == "Yes"]
        self.customers = list({row["customerID"]: row for row in self.rows}.values())
        self.countries = sorted({row["countryCode"] for row in rows})

    def _stages(self):
        return [
            ("company", 1, lambda: self.load_company({"name": self.company_name})),
            ("countries", len(self.countries), self._load_countries),
            ("customers", len(self.customers), self._load_customers),
            ("invoices", len(self.rows), self._load_invoices),
            ("payments", len(self.settled), self._load_payments),
            ("disputes", len(self.disputed), self._load_disputes),
        ]

    def _load_countries(self):
        found = self.load(
            "res.partner.category",
            self.countries,
            key=lambda code: self.key("country", code),
            values=lambda code: {"name": f"Country {code}"},
        )
        self.tags = {code: found[self.key("country", code)] for code in self.countries}

    def _load_customers(self):
        found = self.load(
            "res.partner",
            self.customers,
            key=lambda row: self.key("customer", row["customerID"]),
            values=lambda row: {
                "name": row["customerID"],
                "ref": row["customerID"],
                "is_company": True,
                "customer_rank": 1,
                "company_id": self.company.id,
                "email": f"{row['customerID'].lower()}@{MAIL_DOMAIN}",
                "category_id": [(4, self.tags[row["countryCode"]].id)],
            },
        )
        self.partners = {
            row["customerID"]: found[self.key("customer", row["customerID"])] for row in self.customers
        }

    def _invoice_key(self, row):
        return self.key("invoice", row["invoiceNumber"])

    def _load_invoices(self):
        found = self.load(
            "account.move",
            self.rows,
            self._invoice_key,
            self._invoice_values,
            size=200,
            after=lambda _rows, moves: moves._post(soft=False),
        )
        self.invoice = {row["invoiceNumber"]: found[self._invoice_key(row)] for row in self.rows}

    def _invoice_values(self, row):
        line = {
            "name": row["invoiceNumber"],
            "quantity": 1,
            "price_unit": float(row["InvoiceAmount"]),
            "tax_ids": [],
        }
        return {
            "move_type": "out_invoice",
            "company_id": self.company.id,
            "partner_id": self.partners[row["customerID"]].id,
            "ref": row["invoiceNumber"],
            "invoice_date": row["InvoiceDate"],
            "date": row["InvoiceDate"],
            "invoice_payment_term_id": False,
            "invoice_date_due": row["DueDate"],
            "invoice_line_ids": [(0, 0, line)],
        }

    def _load_payments(self):
        journal = self.bank_journal()
        self.load(
            "account.payment",
            self.settled,
            key=lambda row: self.key("payment", row["invoiceNumber"]),
            values=lambda row: self.payment_values(
                journal,
                self.partners[row["customerID"]],
                row["SettledDate"],
                row["InvoiceAmount"],
                row["invoiceNumber"],
            ),
            size=200,
            after=self._settle,
        )

    def _settle(self, rows, payments):
        payments.action_post()
        self.reconcile(
            payment.move_id + self.invoice[row["invoiceNumber"]]
            for row, payment in zip(rows, payments, strict=True)
        )

    def _load_disputes(self):
        self.load_disputes(self.disputed, self._dispute_values)

    def _dispute_values(self, row):
        return {
            "move_id": self.invoice[row["invoiceNumber"]].id,
            "amount": float(row["InvoiceAmount"]),
            "date": row["InvoiceDate"],
            "state": "rejected",
            "date_closed": row["SettledDate"],
        }
