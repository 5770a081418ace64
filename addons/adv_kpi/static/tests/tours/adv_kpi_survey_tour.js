import { registry } from "@web/core/registry";

const question = (title) => `.js_question-wrapper:contains("${title}")`;

/** A customer answers the survey of an order, as the letter opens it: nobody is logged in. */
registry.category("web_tour.tours").add("adv_kpi_survey", {
    steps: () => [
        { content: "Begin", trigger: 'button.btn:contains("Start")', run: "click" },
        {
            content: "All in all, satisfied",
            trigger: `${question("All in all")} label:contains("4")`,
            run: "click",
        },
        {
            content: "Less so with the phone",
            trigger: `${question("Reception on the phone")} label:contains("2")`,
            run: "click",
        },
        {
            content: "Would recommend",
            trigger: `${question("recommend")} label:contains("9")`,
            run: "click",
        },
        {
            content: "Says why",
            trigger: ".js_question-wrapper textarea",
            run: "edit Nobody answered the phone on Monday",
        },
        { content: "Send", trigger: 'button[value="finish"]', run: "click" },
        { content: "Sure", trigger: ".modal-footer button.btn-primary", run: "click" },
        { content: "Thanked", trigger: 'h1:contains("Thank you")' },
    ],
});
