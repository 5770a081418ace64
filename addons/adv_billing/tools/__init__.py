from . import billing_plan, legal_terms, month_end_sheet
