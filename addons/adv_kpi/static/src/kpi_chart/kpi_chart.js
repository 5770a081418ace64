import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";

/**
 * A chart with the table behind it. A bar, a point or a row opens its records.
 */
export class KpiChart extends Component {
    static template = "adv_kpi.KpiChart";
    static props = {
        title: { type: String },
        empty: { type: String },
        type: { type: String, optional: true },
        labels: { type: Array },
        values: { type: Array },
        target: { type: Number, optional: true },
        targetLabel: { type: String, optional: true },
        maximum: { type: Number, optional: true },
        format: { type: Function },
        onOpen: { type: Function, optional: true },
    };
    static defaultProps = { type: "bar" };

    setup() {
        this.canvasRef = useRef("canvas");
        this.state = useState({ isTable: false });
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(() => this.draw());
        onWillUnmount(() => this.chart?.destroy());
    }

    get isEmpty() {
        return !this.props.values.some((value) => value);
    }

    get rows() {
        const { format, labels, values } = this.props;
        return labels.map((label, index) => ({ index, label, value: format(values[index]) }));
    }

    open(index) {
        if (this.props.values[index]) {
            this.props.onOpen?.(index);
        }
    }

    draw() {
        this.chart?.destroy();
        this.chart = this.canvasRef.el ? new Chart(this.canvasRef.el, this.config) : null;
    }

    get datasets() {
        const { target, targetLabel, title, type, values } = this.props;
        const scheme = cookie.get("color_scheme");
        const color = getColor(0, scheme, "odoo");
        const datasets = [
            { type, label: title, data: values, backgroundColor: color, borderColor: color },
        ];
        if (target !== undefined) {
            datasets.push({
                type: "line",
                label: targetLabel,
                data: values.map(() => target),
                borderColor: getCustomColor(scheme, "#6c757d", "#9a9fa6"),
                borderDash: [6, 4],
                borderWidth: 1,
                pointRadius: 0,
            });
        }
        return datasets;
    }

    get config() {
        const scheme = cookie.get("color_scheme");
        const ink = getCustomColor(scheme, "#374151", "#e4e4e4");
        const grid = getCustomColor(scheme, "rgba(0,0,0,.08)", "rgba(255,255,255,.12)");
        const { format, labels, maximum } = this.props;
        return {
            data: { labels, datasets: this.datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                maxBarThickness: 48,
                onClick: (_event, [element]) => element && this.open(element.index),
                onHover: (event, elements) => {
                    event.native.target.style.cursor = elements.length ? "pointer" : "default";
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, raw }) => `${dataset.label}: ${format(raw)}`,
                        },
                    },
                },
                scales: {
                    x: { grid: { display: false }, ticks: { color: ink, maxRotation: 0 } },
                    y: {
                        beginAtZero: true,
                        suggestedMax: maximum,
                        grid: { color: grid },
                        ticks: { color: ink, maxTicksLimit: 5, callback: (value) => format(value) },
                    },
                },
            },
        };
    }
}
