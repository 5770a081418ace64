import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { KINDS, periodLabel, periodOf, shiftPeriod } from "../periods";

/**
 * Chooses a month, a quarter, a year or any span of days; arrows go to the one before or after.
 */
export class PeriodPicker extends Component {
    static template = "adv_kpi.PeriodPicker";
    static components = { DateTimeInput, Dropdown, DropdownItem };
    static props = {
        period: { type: Object },
        onChange: { type: Function },
    };

    setup() {
        this.dropdown = useDropdownState();
        this.custom = useState({ from: this.props.period.from, to: this.props.period.to });
    }

    get label() {
        return periodLabel(this.props.period);
    }

    get choices() {
        const names = { month: _t("Month"), quarter: _t("Quarter"), year: _t("Year") };
        return KINDS.map((kind) => ({ kind, name: names[kind] }));
    }

    get isCustomValid() {
        return this.custom.from && this.custom.to && this.custom.from <= this.custom.to;
    }

    onOpen() {
        Object.assign(this.custom, { from: this.props.period.from, to: this.props.period.to });
    }

    choose(kind) {
        const { from, to } = this.props.period;
        const today = luxon.DateTime.local();
        const day = from <= today && today <= to.endOf("day") ? today : to;
        this.props.onChange(periodOf(kind, day));
    }

    chooseCustom() {
        this.dropdown.close();
        this.props.onChange({ kind: "custom", from: this.custom.from, to: this.custom.to });
    }

    shift(step) {
        this.props.onChange(shiftPeriod(this.props.period, step));
    }
}
