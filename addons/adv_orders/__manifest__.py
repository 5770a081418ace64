{
    "name": "ADV Orders",
    "version": "19.0.1.0.0",
    "summary": "Order reception, checks, approvals, promises and errors",
    "category": "Sales/Sales",
    "author": "ADV contributors",
    "license": "LGPL-3",
    "depends": ["sale_stock", "sale_management", "sale_margin", "sale_edi_ubl", "rating"],
    "data": [
        "security/adv_orders_groups.xml",
        "security/ir.model.access.csv",
        "security/adv_orders_rules.xml",
        "data/adv_error_type_data.xml",
    ],
    "demo": [],
    "application": True,
    "installable": True,
}
