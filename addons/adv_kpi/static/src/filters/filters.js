import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";

/**
 * Chooses by what the figures are cut. A figure that cannot be cut so says that it is not available.
 */
export class KpiFilters extends Component {
    static template = "adv_kpi.Filters";
    static components = { Dialog, MultiRecordSelector };
    static props = {
        nouns: { type: Array },
        filters: { type: Object },
        onChange: { type: Function },
        close: { type: Function },
    };

    setup() {
        this.state = useState({ filters: { ...this.props.filters } });
    }

    idsOf({ noun }) {
        return this.state.filters[`${noun}_ids`] || [];
    }

    update({ noun }, ids) {
        this.state.filters[`${noun}_ids`] = ids;
    }

    apply() {
        this.props.close();
        this.props.onChange({ ...this.state.filters });
    }

    clear() {
        this.props.close();
        this.props.onChange({});
    }
}
