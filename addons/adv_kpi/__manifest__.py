{
    "name": "ADV KPI",
    "version": "19.0.1.0.0",
    "summary": "Figures of sales administration that can be opened",
    "category": "Sales/Sales",
    "author": "ADV contributors",
    "license": "LGPL-3",
    "depends": ["adv_billing", "survey", "utm"],
    "data": [
        "security/adv_kpi_groups.xml",
        "security/ir.model.access.csv",
        "security/adv_kpi_rules.xml",
        "data/adv_kpi_data.xml",
        "views/adv_kpi_views.xml",
        "views/adv_kpi_target_views.xml",
        "views/adv_receivable_entry_views.xml",
        "views/adv_kpi_menus.xml",
    ],
    "demo": ["demo/adv_kpi_target_demo.xml"],
    "assets": {
        "web.assets_backend": [
            "adv_kpi/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "adv_kpi/static/tests/**/*",
            ("remove", "adv_kpi/static/tests/tours/**/*"),
        ],
        "web.assets_tests": [
            "adv_kpi/static/tests/tours/**/*",
        ],
    },
    "pre_init_hook": "pre_init_hook",
    "application": False,
    "installable": True,
}
