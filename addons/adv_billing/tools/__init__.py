from . import billing_plan
