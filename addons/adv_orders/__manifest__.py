{
    "name": "ADV Orders",
    "version": "19.0.1.0.0",
    "summary": "Order reception, checks, approvals, promises and errors",
    "category": "Sales/Sales",
    "author": "ADV contributors",
    "license": "LGPL-3",
    "depends": ["sale_stock", "sale_management", "sale_margin", "sale_edi_ubl", "rating"],
    "data": [],
    "demo": [],
    "application": True,
    "installable": True,
}
