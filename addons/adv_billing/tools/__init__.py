from . import billing_plan, legal_terms
