import { expect, test } from "vitest";
import { emptyProfile, exampleProfile, frameNamed } from "../output/profile.fixture.ts";
import { hottest } from "./hottest.ts";
import { hottestTables } from "./hottest-tables.ts";

test("hottest() adds up by command and by function, most first", () => {
  const { cpuNs, samples, commands, functions } = hottest(exampleProfile());
  expect([cpuNs, samples]).toEqual([100_000_000, 10]);
  expect(commands).toEqual([
    { command: "make", cpuNs: 70_000_000, samples: 7, tasks: 1 },
    { command: "cc", cpuNs: 30_000_000, samples: 3, tasks: 2 },
  ]);
  expect(
    functions.map(({ frame, selfNs, totalNs }) => [frame.name, selfNs / 1e6, totalNs / 1e6]),
  ).toEqual([
    ["work", 60, 80],
    ["schedule", 20, 20],
    ["idle()", 10, 10],
    ["script", 10, 10],
    ["main", 0, 100],
  ]);
});

test("hottest() counts a function that calls itself once", () => {
  const profile = exampleProfile({
    frames: [frameNamed("f"), frameNamed("f")],
    stacks: [[0, 1, 0], [0], [1], [0]],
  });
  expect(hottest(profile).functions).toMatchObject([{ selfNs: 100_000_000, totalNs: 100_000_000 }]);
});

test("hottestTables() tells where the time went, and what is missing", () => {
  const tables = hottestTables(exampleProfile());
  expect(tables.map(({ title }) => title)).toEqual([
    "where 100 ms of CPU time went, by command",
    "the hottest functions",
  ]);
  expect(tables[0]?.rows).toEqual([
    ["make", "70.0 ms", "70.0 %", "1"],
    ["cc", "30.0 ms", "30.0 %", "2"],
  ]);
  expect(tables[1]?.rows[0]).toEqual(["work", "program", "60.0 ms", "60.0 %", "80.0 ms", "80.0 %"]);
  expect(tables[1]?.rows[3]?.[1]).toBe("/app/a.js:7");
  expect(tables[1]?.notes).toEqual(["2 samples were lost"]);
  for (const { columns, rows } of tables)
    for (const row of rows) expect(row).toHaveLength(columns.length);
});

test("hottestTables() of no samples says why", () => {
  expect(hottestTables(emptyProfile())).toEqual([
    {
      title: "where the CPU time went: no samples were taken",
      columns: [],
      rows: [],
      notes: ["not permitted"],
    },
  ]);
});

test("hottestTables() shows ten commands, and says how many more there are", () => {
  const { samples } = exampleProfile();
  const first = samples[0];
  const tasks = Array.from({ length: 12 }, (_, i) => ({
    id: `${i}`,
    pid: i,
    tgid: i,
    command: `c${i}`,
  }));
  const more = tasks.map((_, task) => ({
    ...first,
    task,
    stack: 0,
    timeNs: 1n,
    cpu: 0,
    weightNs: 1,
  }));
  const [table] = hottestTables(exampleProfile({ tasks, samples: more }));
  expect(table?.rows).toHaveLength(10);
  expect(table?.notes).toEqual(["2 more commands"]);
});
