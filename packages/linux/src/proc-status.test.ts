import { describe, expect, test } from "vitest";
import { parseStatus } from "./proc-status.ts";

// /proc/PID/status on Linux 6.18, some of its lines; the name is made up, escaped as the kernel does it.
const lines = [
  "Name:\ta\\nUid:\t0",
  "Umask:\t0022",
  "State:\tS (sleeping)",
  "Tgid:\t8801",
  "Ngid:\t0",
  "Pid:\t8802",
  "PPid:\t8800",
  "TracerPid:\t17",
  "Uid:\t1000\t1001\t1002\t1003",
  "Gid:\t100\t101\t102\t103",
  "FDSize:\t64",
  "Groups:\t4 24 27 ",
  "NStgid:\t8801\t7",
  "NSpid:\t8802\t8",
  "VmPeak:\t    2780 kB",
  "VmHWM:\t    1484 kB",
  "Threads:\t1",
];
const text = `${lines.join("\n")}\n`;
const expected = {
  tgid: 8801,
  pid: 8802,
  ppid: 8800,
  tracerPid: 17,
  uid: { real: 1000, effective: 1001, saved: 1002, fs: 1003 },
  gid: { real: 100, effective: 101, saved: 102, fs: 103 },
  nsPids: [8802, 8],
  vmHwmKiB: 1484,
};

describe("parseStatus()", () => {
  test("reads ids, namespaces and memory, and is not deceived by the name", () => {
    expect(parseStatus(Buffer.from(text))).toEqual(expected);
  });

  test("reads a name that is not UTF-8", () => {
    const bytes = Buffer.from(text);
    bytes[6] = 0xff;
    expect(parseStatus(bytes)).toEqual(expected);
  });

  test("leaves out what a kernel thread does not have", () => {
    const some = lines.filter((line) => !line.startsWith("Vm") && !line.startsWith("NSpid"));
    const status = parseStatus(Buffer.from(`${some.join("\n")}\n`));
    expect(status).not.toHaveProperty("vmHwmKiB");
    expect(status).not.toHaveProperty("nsPids");
  });

  test.each(["Tgid", "Pid", "PPid", "TracerPid", "Uid", "Gid"])(
    "refuses a text without %s",
    (key) => {
      const some = lines.filter((line) => !line.startsWith(`${key}:`));
      expect(() => parseStatus(Buffer.from(`${some.join("\n")}\n`))).toThrow(
        new RangeError(`Cannot parse /proc/PID/status: no ${key}`),
      );
    },
  );

  test("refuses a field without a value", () => {
    expect(() => parseStatus(Buffer.from(text.replace("PPid:\t8800", "PPid:\t")))).toThrow(
      RangeError,
    );
    expect(() => parseStatus(Buffer.from(text.replace("\t1003", "")))).toThrow(RangeError);
  });

  test("cut off at any length is an error, or true as far as it goes", () => {
    for (let length = 0; length < text.length; length++) {
      let status: object;
      try {
        status = parseStatus(Buffer.from(text.slice(0, length)));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        continue;
      }
      expect(expected).toMatchObject(status);
    }
  });
});
