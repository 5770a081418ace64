import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { alertColor, chartColors, paperColor } from "./chart_colors";

// more labels than these are thinned out, fewer are written in lines
const MAX_LABELS = 6;
const LINE_LENGTH = 7;
// pixels: of a character on average, of the axis beside the bars
const CHARACTER = 6.5;
const AXIS = 50;
// lines are told apart by their dashes, not by colour
const DASHES = [
    [6, 4],
    [2, 3],
    [10, 4, 2, 4],
    [1, 0],
];

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
        valueLabel: { type: String, optional: true },
        ranges: { type: Array, optional: true }, // [from, to] of each bar that floats
        signals: { type: Array, optional: true }, // true where a point is special
        target: { type: Number, optional: true },
        targetLabel: { type: String, optional: true },
        lines: { type: Array, optional: true },
        details: { type: Array, optional: true }, // columns of the table that are not drawn
        detailFormat: { type: Function, optional: true },
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

    /** The columns beside the values: the lines drawn, and the target when there is one. */
    get columns() {
        const { lines = [], target, targetLabel, values } = this.props;
        const constant = { label: targetLabel, values: values.map(() => target) };
        return [...(target === undefined ? [] : [constant]), ...lines];
    }

    /** The lines and their dashes; the title names the first series. */
    get legend() {
        return this.columns.map(({ label }, rank) => ({
            label,
            dash: DASHES[rank % DASHES.length].join(" "),
        }));
    }

    get headers() {
        return [...this.columns, ...(this.props.details || [])].map(({ label }) => label);
    }

    get rows() {
        const { detailFormat, details = [], format, labels, signals = [], values } = this.props;
        return labels.map((label, index) => ({
            index,
            label,
            value: format(values[index]),
            isSpecial: signals[index],
            others: [
                ...this.columns.map((line) => (line.format || format)(line.values[index])),
                ...details.map((column) => detailFormat(column.values[index])),
            ],
        }));
    }

    get drawing() {
        const special = (this.props.signals || []).filter(Boolean).length;
        return special
            ? _t("%(title)s: %(count)s special", { title: this.props.title, count: special })
            : this.props.title;
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

    datasets({ series, muted, alert }) {
        const { ranges, signals = [], title, type, valueLabel, values } = this.props;
        const datasets = [
            {
                type,
                label: valueLabel || title,
                data: ranges || values,
                backgroundColor: series,
                borderColor: series,
                pointBackgroundColor: values.map((_value, index) =>
                    signals[index] ? alert : series
                ),
                pointStyle: values.map((_value, index) => (signals[index] ? "triangle" : "circle")),
                pointRadius: values.map((_value, index) => (signals[index] ? 7 : 3)),
            },
        ];
        for (const [rank, line] of this.columns.entries()) {
            datasets.push({
                type: "line",
                order: -1, // in front of the bars
                label: line.label,
                data: line.values,
                yAxisID: line.isShare ? "share" : "y",
                borderColor: muted,
                borderDash: DASHES[rank % DASHES.length],
                borderWidth: 1.5,
                pointRadius: 0,
            });
        }
        return datasets;
    }

    get paper() {
        const color = paperColor(this.canvasRef.el);
        return {
            id: "paper",
            beforeDraw: ({ ctx, height, width }) => {
                ctx.save();
                ctx.fillStyle = color;
                ctx.fillRect(0, 0, width, height);
                ctx.restore();
            },
        };
    }

    /** Labels in lines side by side would run into each other: they are turned instead. */
    get isTight() {
        const { labels } = this.props;
        const width = this.canvasRef.el.parentElement.clientWidth - AXIS;
        const longest = (label) => Math.max(...wrap(label).map((line) => line.length));
        const sizes = labels.map((label) => longest(label) * CHARACTER);
        const most = width / labels.length;
        return width > 0 && sizes.some((size, rank) => rank && (size + sizes[rank - 1]) / 2 > most);
    }

    /** A second axis in percent, for lines that are shares. */
    shareAxis({ ink }) {
        const line = this.columns.find(({ isShare }) => isShare);
        const ticks = line && {
            color: ink,
            maxTicksLimit: 5,
            callback: (value) => line.format(value),
        };
        return line
            ? { share: { position: "right", min: 0, max: 100, grid: { display: false }, ticks } }
            : {};
    }

    get config() {
        const colors = { ...chartColors(this.canvasRef.el), alert: alertColor() };
        const { format, labels, maximum } = this.props;
        const isCrowded = labels.length > MAX_LABELS;
        const isTurned = !isCrowded && this.isTight;
        return {
            data: { labels, datasets: this.datasets(colors) },
            plugins: [this.paper],
            options: {
                animation: false,
                maintainAspectRatio: false,
                maxBarThickness: 48,
                onClick: (_event, [element]) => element && this.open(element.index),
                onHover: (event, elements) => {
                    const opens = elements.length && this.props.onOpen;
                    event.native.target.style.cursor = opens ? "pointer" : "default";
                },
                plugins: {
                    legend: { display: false }, // written below: text of the page finds its lines
                    tooltip: {
                        callbacks: {
                            label: ({ dataIndex, dataset, datasetIndex, raw }) => {
                                const line = this.columns[datasetIndex - 1];
                                const value = datasetIndex ? raw : this.props.values[dataIndex];
                                return _t("%(label)s: %(value)s", {
                                    label: dataset.label,
                                    value: (line?.format || format)(value),
                                });
                            },
                        },
                    },
                },
                scales: {
                    x: {
                        grid: { display: false },
                        ticks: {
                            color: colors.ink,
                            maxRotation: isTurned ? 60 : 0,
                            autoSkip: isCrowded,
                            callback: (_value, index) =>
                                isCrowded || isTurned ? labels[index] : wrap(labels[index]),
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
                    ...this.shareAxis(colors),
                },
            },
        };
    }
}
