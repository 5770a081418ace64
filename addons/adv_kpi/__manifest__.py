{
    "name": "ADV KPI",
    "version": "19.0.1.0.0",
    "summary": "Figures of sales administration that can be opened",
    "category": "Sales/Sales",
    "author": "ADV contributors",
    "license": "LGPL-3",
    "depends": ["adv_billing", "survey", "utm"],
    "data": [],
    "demo": [],
    "application": False,
    "installable": True,
}
