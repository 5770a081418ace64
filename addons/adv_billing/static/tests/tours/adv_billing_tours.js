import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("adv_billing_run", {
    steps: () => [
        { content: "The list invites to make a run", trigger: ".o_view_nocontent_smiling_face" },
        { content: "New run", trigger: ".o_list_button_add", run: "click" },
        { content: "Look first", trigger: "button[name=action_preview]", run: "click" },
        {
            content: "What would be billed",
            trigger: ".o_list_view .o_data_row:contains(ACME) td:contains('600.00')",
        },
        { content: "Back to the run", trigger: ".o_breadcrumb .o_back_button a", run: "click" },
        { content: "Bill", trigger: "button[name=action_bill]:contains(Bill)", run: "click" },
        { content: "Confirm", trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "Billed",
            trigger: "[name=line_ids] .o_data_row:contains(ACME) .badge:contains(Billed)",
        },
        { content: "Open the invoice", trigger: "button[name=action_open]", run: "click" },
        { content: "It is an invoice", trigger: ".o_form_view [name=invoice_line_ids]" },
    ],
});

registry.category("web_tour.tours").add("adv_billing_rule", {
    steps: () => [
        { content: "New rule", trigger: ".o_list_button_add", run: "click" },
        {
            content: "Customer",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Globex",
        },
        { content: "Choose", trigger: ".ui-menu-item a:contains(Globex)", run: "click" },
        {
            content: "Monthly",
            trigger: ".o_field_widget[name=mode] select, .o_field_widget[name=mode] input",
            run: "click",
        },
        { content: "Choose", trigger: ".o_select_menu_item:contains(Monthly)", run: "click" },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_saved" },
    ],
});

registry.category("web_tour.tours").add("adv_billing_credit_note", {
    steps: () => [
        {
            content: "Credit the invoice",
            trigger: ".o_statusbar_buttons button:contains(Credit Note)",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=adv_credit_reason_id] input",
            run: "edit Price not",
        },
        {
            content: "Choose",
            trigger: ".ui-menu-item a:contains(Price not as agreed)",
            run: "click",
        },
        { content: "Reverse", trigger: ".modal button[name=refund_moves]", run: "click" },
        {
            content: "The reason is on the credit note",
            trigger:
                "body:not(:has(.modal)) [name=adv_credit_reason_id] input:value(Price not as agreed)",
        },
        { content: "Post", trigger: "button[name=action_post]", run: "click" },
        { content: "Posted", trigger: ".o_arrow_button_current:contains(Posted)" },
    ],
});

registry.category("web_tour.tours").add("adv_billing_qualify", {
    steps: () => [
        {
            content: "The credit note without reason",
            trigger: ".o_data_row [name=adv_credit_reason_id]",
            run: "click",
        },
        {
            content: "Its reason",
            trigger: ".o_data_row .o_field_widget[name=adv_credit_reason_id] input",
            run: "edit Billed twice",
        },
        { content: "Choose", trigger: ".ui-menu-item a:contains(Billed twice)", run: "click" },
        { content: "Save", trigger: ".o_list_button_save", run: "click" },
        { content: "Saved", trigger: ".o_list_view:not(:has(.o_list_button_save))" },
    ],
});

registry.category("web_tour.tours").add("adv_billing_hold", {
    steps: () => [
        {
            content: "The order says that its customer is on hold",
            trigger: "[name=adv_hold] button:contains(Release This Order)",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Transfer seen this morning",
        },
        { content: "Release", trigger: ".modal button[name=action_release]", run: "click" },
        {
            content: "Released",
            trigger: "[name=adv_hold_released]:contains(Transfer seen this morning)",
        },
    ],
});

registry.category("web_tour.tours").add("adv_billing_to_issue", {
    steps: () => [
        {
            content: "Two chairs came back",
            trigger: ".o_data_row:contains(Chair) [name=adv_qty_to_credit]:contains('2.00')",
        },
        {
            content: "Credit them",
            trigger: ".o_data_row:contains(Chair) button[name=action_adv_issue_credit]",
            run: "click",
        },
        {
            content: "A draft with its reason",
            trigger: "[name=adv_credit_reason_id] input:value(Return accepted)",
        },
    ],
});

registry.category("web_tour.tours").add("adv_billing_approve", {
    steps: () => [
        {
            content: "A gesture that is too large for who made it: look at it",
            trigger: ".o_data_row:contains(ACME):contains('600.00') td[name=partner_id]",
            run: "click",
        },
        {
            content: "It says what it waits for",
            trigger: "[name=adv_approval]:contains(A manager)",
        },
        {
            content: "Approve",
            trigger: "button[name=action_adv_approve_credit]",
            run: "click",
        },
        {
            content: "Who approved stands on the credit note",
            trigger: "body:not(:has([name=adv_approval])) [name=adv_credit_approved_by]",
        },
        { content: "Back to the list", trigger: ".o_breadcrumb .o_back_button a", run: "click" },
        { content: "Nothing waits any more", trigger: ".o_view_nocontent_smiling_face" },
    ],
});

registry.category("web_tour.tours").add("adv_billing_checks", {
    steps: () => [
        {
            content: "Checks of the invoice",
            trigger: ".o_notebook a[name=adv_checks]",
            run: "click",
        },
        {
            content: "The price that failed, with both figures",
            trigger:
                "[name=adv_check_result_ids] .o_data_row:contains('110.00'):contains('100.00')",
        },
    ],
});

registry.category("web_tour.tours").add("adv_billing_failed", {
    steps: () => [
        {
            content: "The order that failed, and why",
            trigger: ".o_data_row:contains(ACME):contains(The journal is locked)",
        },
        { content: "Look at the order", trigger: "button[name=action_open]", run: "click" },
        { content: "It is the order", trigger: ".o_form_view [name=order_line]" },
        { content: "Back", trigger: ".o_breadcrumb .o_back_button a", run: "click" },
        {
            content: "The cause is gone: choose the order",
            trigger: ".o_data_row:contains(ACME) .o_list_record_selector input",
            run: "click",
        },
        { content: "Try again", trigger: "button[name=action_retry]", run: "click" },
        { content: "Confirm", trigger: ".modal-footer .btn-primary", run: "click" },
        { content: "Nothing failed any more", trigger: ".o_view_nocontent_smiling_face" },
    ],
});

registry.category("web_tour.tours").add("adv_billing_disputes", {
    steps: () => [
        {
            content: "The customer was right, and has no credit note yet",
            trigger: ".o_data_row:contains(ACME) td[name=partner_id]",
            run: "click",
        },
        { content: "Credit it", trigger: "button[name=action_adv_credit]", run: "click" },
        {
            content: "The dispute is the one that is settled",
            trigger: ".modal .o_field_widget[name=adv_dispute_id] input:value(Dispute on)",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=adv_credit_reason_id] input",
            run: "edit Price not",
        },
        {
            content: "Choose",
            trigger: ".ui-menu-item a:contains(Price not as agreed)",
            run: "click",
        },
        { content: "Reverse", trigger: ".modal button[name=refund_moves]", run: "click" },
        { content: "Post", trigger: "button[name=action_post]", run: "click" },
        { content: "Posted", trigger: ".o_arrow_button_current:contains(Posted)" },
    ],
});

registry.category("web_tour.tours").add("adv_billing_instalments", {
    steps: () => [
        { content: "The schedule", trigger: "a[name=adv_instalments]", run: "click" },
        {
            content: "The first part is billed",
            trigger:
                "[name=adv_instalment_ids] .o_data_row:contains('30.00') .badge:contains(Billed)",
        },
        {
            content: "The second waits",
            trigger:
                "[name=adv_instalment_ids] .o_data_row:contains('70.00') .badge:contains(Waiting)",
        },
        { content: "The delivery", trigger: "button[name=action_view_delivery]", run: "click" },
        { content: "More about it", trigger: "a[name=extra]", run: "click" },
        {
            content: "The note the customer signed",
            trigger: "[name=adv_proof_ids] .o_attach",
            async run({ anchor }) {
                const files = new DataTransfer();
                files.items.add(new File(["signed"], "signed.txt", { type: "text/plain" }));
                const input = anchor.closest(".o_field_widget").querySelector("input[type=file]");
                input.files = files.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "It is there",
            trigger: "[name=adv_proof_ids] .o_attachment:contains(signed.txt)",
        },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_saved" },
    ],
});
