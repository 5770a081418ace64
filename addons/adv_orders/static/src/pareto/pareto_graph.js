import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { sortBy } from "@web/core/utils/arrays";
import { GraphModel } from "@web/views/graph/graph_model";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { cumulativeShare } from "./pareto_share";

/** Bars from the largest to the smallest, and a line that says which share of all they reach together. */
export class ParetoModel extends GraphModel {
    /**
     * The share takes the place of the native line of sums; there is none unless the bars are sorted.
     *
     * @override
     */
    _getLineOverlayDataset() {
        const { order, groupBy } = this.metaData;
        const { datasets } = this.data;
        const share =
            order === "DESC" &&
            groupBy.length &&
            cumulativeShare(datasets.map((dataset) => dataset.data));
        if (!share) {
            return super._getLineOverlayDataset();
        }
        return {
            label: _t("Cumulative share"),
            data: share,
            isShare: true,
            trueLabels: datasets[0].trueLabels,
            yAxisID: "share",
        };
    }
}

export class ParetoRenderer extends GraphRenderer {
    get hasShare() {
        return this.model.metaData.mode === "bar" && this.model.lineOverlayDataset?.isShare;
    }

    /** @override */
    getScaleOptions() {
        const scales = super.getScaleOptions();
        if (this.hasShare) {
            if (this.model.metaData.measure === "__count") {
                Object.assign(scales.y.ticks, { precision: 0, callback: (value) => value });
            }
            scales.share = {
                type: "linear",
                position: "right",
                min: 0,
                max: 100,
                grid: { display: false },
                border: { display: false },
                ticks: { callback: (value) => `${value} %`, color: scales.y.ticks.color },
            };
        }
        return scales;
    }

    /** @override */
    getTooltipItems(data, metaData, tooltipModel) {
        const items = super.getTooltipItems(data, metaData, tooltipModel);
        if (!this.hasShare) {
            return items;
        }
        const share = this.model.lineOverlayDataset;
        const points = sortBy(tooltipModel.dataPoints, "raw", "desc");
        return items.map((item, index) =>
            data.datasets[points[index].datasetIndex]
                ? item
                : {
                      ...item,
                      label: share.label,
                      value: `${Math.round(share.data[points[index].dataIndex])} %`,
                  }
        );
    }
}

registry.category("views").add("adv_pareto", {
    ...graphView,
    Model: ParetoModel,
    Renderer: ParetoRenderer,
});
