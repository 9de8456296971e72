// @ts-check
import { expect, test } from "vitest";
import { barChart, lineChart } from "./chart.js";

test("lineChart() is an SVG with its title, its axes and a line for each series", () => {
  const series = [
    {
      name: "ours",
      points: /** @type {const} */ ([
        [100, 2],
        [1000, 3],
      ]),
    },
    {
      name: "theirs",
      points: /** @type {const} */ ([
        [100, 5],
        [1000, 7],
      ]),
    },
  ];
  const svg = lineChart({ title: "Cost", x: "rate", y: "µs", series });
  expect(svg).toMatch(/^<svg /u);
  for (const text of ["Cost", "rate", "µs", "ours", "theirs"]) expect(svg).toContain(text);
});

test("lineChart() leaves out what has no logarithm", () => {
  const series = [
    {
      name: "ours",
      points: /** @type {const} */ ([
        [0, 2],
        [10, 0],
        [100, 3],
      ]),
    },
  ];
  expect(lineChart({ title: "Cost", x: "watchers", y: "ns", series })).not.toMatch(/NaN|Infinity/u);
});

test("barChart() shows each value beside its bar", () => {
  const bars = [
    { name: "ours", value: 1.004 },
    { name: "theirs", value: 1.31 },
  ];
  const svg = barChart({ title: "Build", y: "× none", bars });
  for (const text of ["ours", "theirs", "1.004", "1.31"]) expect(svg).toContain(text);
});
