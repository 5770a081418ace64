import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("adv_portal_pay_held", {
    steps: () => [
        { content: "the page is alive", trigger: "body[is-ready=true]" },
        { content: "accept and pay", trigger: "#o_sale_portal_paynow", run: "click" },
        {
            content: "by the demo provider",
            trigger: ".modal input[name=o_payment_radio][data-provider-code=demo]",
            run: "click",
        },
        { trigger: ".modal #customer_input", run: "edit 4242 4242 4242 4242" },
        {
            trigger: ".modal button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "we thank once, and say when we answer",
            trigger:
                "div[name=adv_held]:contains('Thank you, we have your order.'):contains('We answer by')",
            timeout: 30000,
        },
        {
            content: "nothing more to pay",
            trigger: "body:not(:has(#o_sale_portal_paynow)):not(:contains('being validated'))",
        },
    ],
});

tours.add("adv_refund", {
    steps: () => [
        { content: "the order was refused", trigger: "div[name=adv_banner]:contains('Too risky')" },
        { trigger: "button[name=action_open_refund]", run: "click" },
        {
            content: "what happens is said before",
            trigger: ".modal div[name=summary]:contains('given back the same way')",
        },
        { trigger: ".modal button[name=action_refund]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_view:not(:has(button[name=action_open_refund]))" },
    ],
});
