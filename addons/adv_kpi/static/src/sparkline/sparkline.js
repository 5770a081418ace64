import { Component } from "@odoo/owl";

const WIDTH = 120;
const HEIGHT = 32;
const MARGIN = 3;

/**
 * A small line without axes. Months without a value leave a gap.
 */
export class Sparkline extends Component {
    static template = "adv_kpi.Sparkline";
    static props = {
        values: { type: Array },
        target: { type: Number, optional: true },
        label: { type: String, optional: true },
    };

    get viewBox() {
        return `0 0 ${WIDTH} ${HEIGHT}`;
    }

    get points() {
        return this.props.values.map((value, index) =>
            value === null ? null : { x: this.abscissa(index), y: this.ordinate(value) }
        );
    }

    /** @returns {string[]} one list of points per stretch without gap */
    get lines() {
        const lines = [[]];
        for (const point of this.points) {
            if (point) {
                lines.at(-1).push(`${point.x.toFixed(1)},${point.y.toFixed(1)}`);
            } else if (lines.at(-1).length) {
                lines.push([]);
            }
        }
        return lines.filter((line) => line.length > 1).map((line) => line.join(" "));
    }

    get last() {
        return this.points.at(-1);
    }

    get targetY() {
        return this.props.target === undefined ? null : this.ordinate(this.props.target);
    }

    get bounds() {
        const values = this.props.values.filter((value) => value !== null);
        if (this.props.target !== undefined) {
            values.push(this.props.target);
        }
        return { low: Math.min(...values), high: Math.max(...values) };
    }

    abscissa(index) {
        const steps = Math.max(this.props.values.length - 1, 1);
        return MARGIN + (index / steps) * (WIDTH - 2 * MARGIN);
    }

    ordinate(value) {
        const { low, high } = this.bounds;
        const share = high > low ? (value - low) / (high - low) : 0.5;
        return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN);
    }
}
