import { expect, test } from "vitest";
import { inInitialNetwork } from "./network-namespace.ts";

function links(table: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const found = table[path];
    if (found === undefined) throw new Error("EACCES");
    return found;
  };
}

const PID = { "/proc/self/ns/pid": "pid:[4026531836]" };

test("inInitialNetwork() knows the number that the first namespace has since Linux 6.18", () => {
  const own = links({ "/proc/self/ns/net": "net:[4026531833]" });
  expect(inInitialNetwork(own, "6.18.0")).toBe(true);
  const other = links({ "/proc/self/ns/net": "net:[4026532300]" });
  expect(inInitialNetwork(other, "6.18.0-rc1")).toBe(false);
  expect(inInitialNetwork(other, "7.0.1")).toBe(false);
});

test("inInitialNetwork() compares with process 1 on older kernels, where that is the host's", () => {
  const own = { "/proc/self/ns/net": "net:[4026531840]" };
  const same = { ...own, "/proc/1/ns/net": "net:[4026531840]" };
  expect(inInitialNetwork(links({ ...same, ...PID }), "6.12.3")).toBe(true);
  expect(inInitialNetwork(links({ ...own, "/proc/1/ns/net": "net:[1]", ...PID }), "5.4.0")).toBe(
    false,
  );
  expect(
    inInitialNetwork(links({ ...same, "/proc/self/ns/pid": "pid:[9]" }), "6.1.0"),
  ).toBeUndefined();
  expect(inInitialNetwork(links(own), "6.1.0")).toBeUndefined();
  expect(inInitialNetwork(links({}), "6.18.0")).toBeUndefined();
});
