import { registry } from "@web/core/registry";

const openDashboard = [
    {
        content: "The first page is there",
        trigger: ".o_adv_kpi_card[data-code=order_count]",
    },
];

registry.category("web_tour.tours").add("adv_kpi_dashboard", {
    url: "/odoo/adv-dashboard",
    steps: () => [
        ...openDashboard,
        {
            content: "Go to the month before",
            trigger: ".o_adv_previous",
            run: "click",
        },
        {
            content: "Two orders were confirmed then",
            trigger: "[data-code=order_count] button.o_adv_kpi_value:contains(2)",
        },
        {
            content: "Compare with the period before",
            trigger: ".o_adv_comparison",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item[data-comparison=previous_period]",
            run: "click",
        },
        {
            content: "Take the workbook of what is shown",
            trigger: ".o_adv_export[download]",
            async run({ anchor }) {
                const answer = await fetch(anchor.href);
                const [first, second] = new Uint8Array(await answer.arrayBuffer());
                const kind = answer.headers.get("Content-Type");
                // a workbook is a ZIP file: it begins with PK
                if (first !== 0x50 || second !== 0x4b || !kind.includes("spreadsheetml")) {
                    throw new Error(`This is no workbook: ${answer.status} ${kind}`);
                }
            },
        },
        {
            content: "Open the orders behind the number",
            trigger: "[data-code=order_count] button.o_adv_kpi_value:contains(2)",
            run: "click",
        },
        {
            content: "The list holds exactly these",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
        {
            content: "No other order is listed",
            trigger: ".o_list_view:not(:has(.o_data_row:nth-child(3)))",
        },
        {
            content: "Back to the dashboard",
            trigger: ".breadcrumb-item a, .o_back_button a",
            run: "click",
        },
        {
            content: "It still shows the month chosen",
            trigger: "[data-code=order_count] button.o_adv_kpi_value:contains(2)",
        },
        {
            content: "What do late orders count against?",
            trigger: "[data-code=on_time_rate] .o_adv_denominator:contains(2)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row",
        },
        {
            trigger: ".breadcrumb-item a, .o_back_button a",
            run: "click",
        },
        {
            content: "How is on time defined?",
            trigger: "[data-code=on_time_rate] .o_adv_kpi_label",
            run: "click",
        },
        {
            trigger: ".o_adv_kpi_explanation:contains(promised)",
        },
        {
            content: "Set a target",
            trigger: ".o_adv_set_target",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=value] input",
            run: "edit 96",
        },
        {
            trigger: ".modal .o_field_widget[name=date_from] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=date_from] input",
            run: "edit 01/01/2020",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The card says that the target is missed",
            trigger: "[data-code=on_time_rate] .o_adv_kpi_target:contains(Misses the target of 96)",
        },
    ],
});
