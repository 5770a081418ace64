"""What each person of the demo company finds behind each entry of their menus, as its filters stand."""

from dateutil.relativedelta import relativedelta
from lxml import etree
from odoo.fields import Domain
from odoo.tools.safe_eval import datetime, safe_eval, time

OURS = ("adv_orders.", "adv_dunning.", "adv_billing.", "adv_kpi.")
LOGINS = ("assistant", "manager", "collector", "accountant", "salesperson", "warehouse")


def screens(env, login):
    """Return {menu's external id: number of records shown when it is opened, or the kind of screen}.

    :param env: the superuser's environment
    :param str login: of the person who opens them
    """
    user = env["res.users"].search([("login", "=", login)])
    env = env(
        user=user,
        su=False,
        context={"lang": user.lang, "tz": user.tz, "allowed_company_ids": user.company_id.ids},
    )
    menus = env["ir.ui.menu"].sudo().browse(env["ir.ui.menu"].load_menus(False).keys() - {"root"})
    names = menus.get_external_id()
    found = {}
    for menu in menus:
        if names[menu.id].startswith(OURS) and menu.action:
            found[names[menu.id]] = _shown(env, menu.action.sudo())
    return found


def _shown(env, action):
    vals = action.with_env(env).run() if action._name == "ir.actions.server" else action.read()[0]
    vals = vals or {}
    if vals.get("type") != "ir.actions.act_window":
        return vals.get("tag") or vals.get("type") or "nothing"
    if vals.get("target") == "new" or vals.get("view_mode", "list").startswith("form"):
        return "form"
    scope = _scope(env)
    context, domain = (_value(vals.get(name), scope) for name in ("context", "domain"))
    model = env[vals["res_model"]].with_context(**(context or {}))
    view = vals.get("search_view_id") or [False]
    return model.search_count(Domain(domain or []) & _filters(model, view[0], context or {}, scope))


def _value(text, scope):
    return safe_eval(text, scope) if isinstance(text, str) else text


def _scope(env):
    today = env.company._adv_today()  # that of the demo data: late in the evening it is tomorrow in UTC
    return {
        "uid": env.uid,
        "context": dict(env.context),
        "allowed_company_ids": env.companies.ids,
        "active_id": False,
        "active_ids": [],
        "datetime": datetime,
        "relativedelta": relativedelta,
        "time": time,
        "context_today": lambda: today,
        "current_date": str(today),
        "today": today,
    }


def _filters(model, view_id, context, scope):
    """The domain of the filters that are on when a screen opens; between two separators one is enough."""
    groups = [[]]
    for node in etree.fromstring(model.get_view(view_id, "search")["arch"]).iter():
        if node.tag == "separator":
            groups.append([])
        if not isinstance(node.tag, str) or not context.get(f"search_default_{node.get('name')}"):
            continue
        value = context[f"search_default_{node.get('name')}"]
        if node.tag == "filter" and node.get("domain"):
            groups[-1].append(Domain(safe_eval(node.get("domain"), scope)))
        elif node.tag == "field":
            operator = node.get("operator") or ("=" if isinstance(value, int) else "ilike")
            groups[-1].append(Domain(node.get("name"), operator, value))
    return Domain.AND(Domain.OR(group) for group in groups if group)
