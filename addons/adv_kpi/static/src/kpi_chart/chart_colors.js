import { getColor } from "@web/core/colors/colors";

/**
 * Colours of a chart, taken from the text beside it: a canvas does not follow the page's style sheet,
 * and a cookie that asks for dark says nothing about what is shown.
 *
 * @param {HTMLElement} element inside the page
 * @returns {{ ink: string, muted: string, grid: string, series: string }}
 */
export function chartColors(element) {
    const ink = window.getComputedStyle(element).color;
    const [red, green, blue] = ink.match(/[\d.]+/g).map(Number);
    const isDark = 0.299 * red + 0.587 * green + 0.114 * blue > 127;
    const faded = (opacity) => `rgba(${red}, ${green}, ${blue}, ${opacity})`;
    return {
        ink,
        muted: faded(0.6),
        grid: faded(0.12),
        series: getColor(0, isDark ? "dark" : "bright", "odoo"),
    };
}

/**
 * What is behind a chart is drawn with it: a browser that darkens pages by itself leaves drawings as they
 * are, and dark ink on its dark page could not be read.
 *
 * @param {HTMLElement} element
 * @returns {string} the nearest background colour
 */
export function paperColor(element) {
    for (let node = element; node; node = node.parentElement) {
        const color = window.getComputedStyle(node).backgroundColor;
        if (color && color !== "transparent" && !color.endsWith(", 0)")) {
            return color;
        }
    }
    return "#fff";
}

/** @returns {string} the page's colour for what is wrong */
export function alertColor() {
    const root = window.getComputedStyle(document.documentElement);
    return root.getPropertyValue("--danger").trim() || "#d44c59";
}
