import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/** A rate that need not be agreed: nothing rather than zero, with the placeholder that says what holds. */
export class AgreedRateField extends FloatField {
    static template = "adv_dunning.AgreedRateField";
    static props = { ...FloatField.props, placeholder: { type: String, optional: true } };

    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("adv_agreed_rate", {
    ...floatField,
    component: AgreedRateField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...floatField.extractProps(fieldInfo, dynamicInfo),
        placeholder: fieldInfo.placeholder,
    }),
});
