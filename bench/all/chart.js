// @ts-check
/** Charts as SVG. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const WIDTH = 800;
const HEIGHT = 420;

/** @typedef {{ readonly name: string, readonly points: readonly (readonly [x: number, y: number])[] }} Series */

/**
 * How something grows with something else.
 *
 * @param {{ title: string, x: string, y: string, series: readonly Series[], isYLinear?: boolean }} chart
 */
export function lineChart({ title, x, y, series, isYLinear = false }) {
  // A logarithm has no zero.
  const visible = series.map(({ name, points }) => ({
    name,
    points: points.filter(([at, value]) => at > 0 && (isYLinear || value > 0)),
  }));
  return render(HEIGHT, {
    title: { text: title, left: "center" },
    legend: { bottom: 0 },
    grid: { left: 70, right: 30, top: 50, bottom: 95 },
    xAxis: { type: "log", name: x, nameLocation: "middle", nameGap: 28 },
    yAxis: { type: isYLinear ? "value" : "log", name: y },
    series: visible.map(({ name, points }) => ({
      ...{ type: "line", name, symbolSize: 6 },
      data: points.map((point) => [...point]),
    })),
  });
}

/**
 * Some figures beside each other.
 *
 * @param {{ title: string, y: string, bars: readonly { readonly name: string, readonly value: number }[] }} chart
 */
export function barChart({ title, y, bars }) {
  return render(90 + bars.length * 22, {
    title: { text: title, left: "center" },
    grid: { left: 170, right: 70, top: 40, bottom: 45 },
    xAxis: {
      // From zero: a bar's length is its value.
      ...{ type: "value", name: y, nameLocation: "middle", nameGap: 28, min: 0 },
    },
    yAxis: { type: "category", inverse: true, data: bars.map(({ name }) => name) },
    series: [
      {
        ...{ type: "bar", data: bars.map(({ value }) => value) },
        label: { show: true, position: "right", formatter: "{c}" },
      },
    ],
  });
}

/** @param {number} height @param {object} option */
function render(height, option) {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.setOption({ animation: false, backgroundColor: "#fff", ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
