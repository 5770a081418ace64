"""How Odoo, PostgreSQL, Chromium and wkhtmltopdf are found or fetched. Used by ./adv only."""
