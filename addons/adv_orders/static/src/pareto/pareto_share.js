/**
 * Share of the total that the bars reach together, from left to right.
 *
 * @param {number[][]} series values of each stacked series, bar by bar
 * @returns {number[] | null} percentages from 0 to 100, or null where a share means nothing: no bars,
 *     a negative value, a total of zero
 */
export function cumulativeShare(series) {
    const bars = (series[0] || []).map((_value, index) =>
        series.reduce((sum, values) => sum + (values[index] || 0), 0)
    );
    const total = bars.reduce((sum, value) => sum + value, 0);
    if (!(total > 0) || series.some((values) => values.some((value) => value < 0))) {
        return null;
    }
    let reached = 0;
    return bars.map((value) => {
        reached += value;
        return (reached / total) * 100;
    });
}
