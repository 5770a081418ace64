{
    "name": "ADV Dunning",
    "version": "19.0.1.0.0",
    "summary": "Payment reminders, promises, disputes and late charges",
    "category": "Accounting/Accounting",
    "author": "ADV contributors",
    "license": "LGPL-3",
    "depends": ["account", "account_payment", "portal"],
    "data": [
        "security/adv_dunning_groups.xml",
        "security/ir.model.access.csv",
        "security/adv_dunning_rules.xml",
    ],
    "demo": [],
    "application": True,
    "installable": True,
}
