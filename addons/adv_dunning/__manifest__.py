{
    "name": "ADV Dunning",
    "version": "19.0.1.0.0",
    "summary": "Payment reminders, promises, disputes and late charges",
    "category": "Accounting/Accounting",
    "author": "ADV contributors",
    "license": "LGPL-3",
    "depends": ["account", "account_payment", "portal"],
    "data": [],
    "demo": [],
    "application": True,
    "installable": True,
}
