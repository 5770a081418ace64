import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { chartColors } from "./chart_colors";

// more labels than these are thinned out, fewer are written in lines
const MAX_LABELS = 6;
const LINE_LENGTH = 7;

/** @returns {string[]} the label in lines, cut between words; a number keeps its unit */
function wrap(label) {
    const lines = [];
    for (const word of label.split(/(?<!\d) /)) {
        const longer = `${lines.at(-1)} ${word}`;
        if (lines.length && longer.length <= LINE_LENGTH) {
            lines[lines.length - 1] = longer;
        } else {
            lines.push(word);
        }
    }
    return lines;
}

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
        lines: { type: Array, optional: true },
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

    datasets({ series, muted }) {
        const { lines = [], target, targetLabel, title, type, values } = this.props;
        const datasets = [
            { type, label: title, data: values, backgroundColor: series, borderColor: series },
        ];
        const constant = { label: targetLabel, values: values.map(() => target) };
        for (const line of [...(target === undefined ? [] : [constant]), ...lines]) {
            datasets.push({
                type: "line",
                label: line.label,
                data: line.values,
                borderColor: muted,
                borderDash: [6, 4],
                borderWidth: 1,
                pointRadius: 0,
            });
        }
        return datasets;
    }

    get config() {
        const colors = chartColors(this.canvasRef.el);
        const { format, labels, maximum } = this.props;
        const isCrowded = labels.length > MAX_LABELS;
        return {
            data: { labels, datasets: this.datasets(colors) },
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
                    x: {
                        grid: { display: false },
                        ticks: {
                            color: colors.ink,
                            maxRotation: 0,
                            autoSkip: isCrowded,
                            callback: (_value, index) =>
                                isCrowded ? labels[index] : wrap(labels[index]),
                        },
                    },
                    y: {
                        beginAtZero: true,
                        suggestedMax: maximum,
                        grid: { color: colors.grid },
                        ticks: {
                            color: colors.ink,
                            maxTicksLimit: 5,
                            precision: 0, // labels have no decimals: ticks between would repeat them
                            callback: (value) => format(value),
                        },
                    },
                },
            },
        };
    }
}
