import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { FiguresPage } from "../morning/morning";

export class ProcessPage extends FiguresPage {
    static template = "adv_orders.ProcessPage";
    static model = "adv.process";
    static displayName = _t("Process");
}

registry.category("actions").add("adv_process", ProcessPage);
