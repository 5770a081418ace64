{
    "name": "ADV Billing",
    "version": "19.0.1.0.0",
    "summary": "Billing on negotiated conditions, credit-note reasons, exposure",
    "category": "Sales/Sales",
    "author": "ADV contributors",
    "license": "LGPL-3",
    "depends": ["adv_orders", "adv_dunning"],
    "data": [],
    "demo": [],
    "application": False,
    "installable": True,
}
