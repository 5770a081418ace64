import { registry } from "@web/core/registry";

const page = ".o_adv_portal_statement";

// The customer says that an invoice is not right.
registry.category("web_tour.tours").add("adv_dunning_portal_contest", {
    steps: () => [
        {
            trigger: `${page} tr:contains("300.00") a[name="contest"]`,
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: 'form[name="contest"] select[name="reason_id"]', run: "selectByLabel Price" },
        { trigger: 'form[name="contest"] input[name="amount"]', run: "edit 120" },
        { trigger: 'form[name="contest"] textarea', run: "edit The agreed price was 180." },
        {
            trigger: 'form[name="contest"] button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: `${page} .alert-success:contains("Thank you")` },
        { trigger: `${page} tr:contains("300.00"):contains("Contested")` },
    ],
});

// The customer says that it is paid.
registry.category("web_tour.tours").add("adv_dunning_portal_paid", {
    steps: () => [
        { trigger: `${page} a[name="paid"]`, run: "click", expectUnloadPage: true },
        {
            trigger: 'form[name="paid"] input[name="paid_on"]',
            run({ anchor }) {
                anchor.value = anchor.max;
            },
        },
        { trigger: 'form[name="paid"] input[name="reference"]', run: "edit TRF 4711" },
        {
            trigger: 'form[name="paid"] button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: `${page} .alert-success:contains("Thank you")` },
        { trigger: `${page}:contains("You told us that you have paid")` },
    ],
});
