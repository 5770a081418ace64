import { registry } from "@web/core/registry";

const page = ".o_adv_portal_statement";
const paid = [
    { trigger: "#customer_input:visible", run: "edit 4111 1111 1111 1111" },
    {
        trigger: 'button[name="o_payment_submit_button"]:visible:enabled',
        run: "click",
        expectUnloadPage: true,
    },
    {
        trigger:
            'body:contains("Nothing is open"), body:contains("processed"), body:contains("paid")',
    },
];

// The customer pays one invoice of their account with Odoo's demo provider.
registry.category("web_tour.tours").add("adv_dunning_portal_pay_one", {
    steps: () => [
        {
            trigger: `${page} tr:contains("300.00") a[name="pay_one"]`,
            run: "click",
            expectUnloadPage: true,
        },
        ...paid,
    ],
});

// The customer pays all that is overdue at once.
registry.category("web_tour.tours").add("adv_dunning_portal_pay_all", {
    steps: () => [
        {
            trigger: `${page} a[name="pay"]:contains("Pay now")`,
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: 'body:contains("500.00")' },
        ...paid,
    ],
});
