import { expect, test } from "vitest";
import { missingFrom, parseCapabilities } from "./capabilities.ts";
import { containerHint, parseHidepid } from "./host.ts";

test("parseCapabilities() names what is in force and what can still be had", () => {
  // /proc/self/status of a shell that setpriv gave CAP_NET_ADMIN, the 12th, alone.
  const status =
    "CapPrm:\t0000000000001000\nCapEff:\t0000000000001000\nCapBnd:\t0000010000001000\n";
  expect(parseCapabilities(status, 40)).toEqual({
    effective: ["CAP_NET_ADMIN"],
    bounding: ["CAP_NET_ADMIN", "CAP_CHECKPOINT_RESTORE"],
    all: false,
  });
});

test("parseCapabilities() knows that all are held, also on a kernel with more of them", () => {
  const all = parseCapabilities("CapEff:\t000003ffffffffff\nCapBnd:\t0\n", 41);
  expect([all.all, all.effective.at(-1)]).toEqual([true, "CAP_41"]);
  expect(parseCapabilities("CapEff:\t000001fffeffffff\n", 40).all).toBe(false);
  expect(parseCapabilities("", 40).effective).toEqual([]);
});

test("missingFrom() names the rest", () => {
  const { effective } = parseCapabilities("CapEff:\t000001fffeffffff\n", 40);
  expect(missingFrom(effective)).toEqual(["CAP_SYS_RESOURCE"]);
});

test("containerHint() says what gave the container away", () => {
  const no = (): boolean => false;
  expect(containerHint("0::/user.slice/session-1.scope", no, {})).toBeNull();
  expect(containerHint("0::/", (path) => path === "/.dockerenv", {})).toBe("/.dockerenv is there");
  expect(containerHint("0::/kubepods/pod1", no, {})).toBe("the cgroup path names kubepods");
  expect(containerHint("0::/", no, { container: "podman" })).toContain("container=podman");
});

test("parseHidepid() reads the option of the last mount on /proc", () => {
  const line = (options: string): string =>
    `22 28 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc ${options}\n`;
  expect(parseHidepid(line("rw"))).toBeNull();
  expect(parseHidepid(line("rw,hidepid=0"))).toBeNull();
  expect(parseHidepid(line("rw,hidepid=invisible"))).toBe("hidepid=invisible");
  expect(parseHidepid(`${line("rw,hidepid=2")}${line("rw")}`)).toBeNull();
  expect(parseHidepid("")).toBeNull();
});
