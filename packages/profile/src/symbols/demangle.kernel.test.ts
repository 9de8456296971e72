// Needs c++filt; no privilege.
import { kernelTest, program } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { demangleFrames } from "./demangle.ts";
import type { Frame } from "./frame.ts";

kernelTest(
  "C++ and Rust names are those of the source, and keep their symbol",
  [program("c++filt")],
  async () => {
    const frame = (name: string, kind: Frame["kind"] = "user"): Frame => ({
      name,
      module: "/a",
      kind,
      resolved: true,
    });
    const frames = [
      frame("_ZN5space3fooEii"),
      frame("main"),
      frame("_ZN4core3fmt5write17h0123456789abcdefE"),
      frame("_RNvC7mycrate3foo"),
      frame("_Zwrong"),
      frame("_ZN5space3fooEii", "kernel"),
      frame("_ZN5space3fooEii"),
    ];
    const plain = await demangleFrames(frames);
    expect(plain.map(({ name }) => name)).toEqual([
      "space::foo(int, int)",
      "main",
      "core::fmt::write",
      "mycrate::foo",
      "_Zwrong",
      "_ZN5space3fooEii",
      "space::foo(int, int)",
    ]);
    expect(plain.map(({ symbol }) => symbol)).toEqual([
      "_ZN5space3fooEii",
      undefined,
      "_ZN4core3fmt5write17h0123456789abcdefE",
      "_RNvC7mycrate3foo",
      undefined,
      undefined,
      "_ZN5space3fooEii",
    ]);
    expect(await demangleFrames(frames, { program: "/nonexistent" })).toBe(frames);
    expect(await demangleFrames(frames, { program: "/usr/bin/false" })).toBe(frames);
  },
);

/** A function with parameters that each hold the one before twice: a name of 2^40 parts. */
function bomb(): string {
  const numeral = (n: number): string =>
    n === 0 ? "S_" : `S${(n - 1).toString(36).toUpperCase()}_`;
  const parameters = Array.from({ length: 40 }, (_, i) => {
    const before = numeral(2 * i);
    return `PFv${before}${before}E`;
  });
  return `_Z1fPi${parameters.join("")}`;
}

kernelTest(
  "A symbol that stands for an endless name keeps it, and the others have theirs",
  [program("c++filt")],
  async () => {
    const names = ["_ZN5space3fooEii", bomb(), "_ZN5space3barEv"];
    const frames = names.map((name) => ({
      ...({ name, module: "/a", kind: "user", resolved: true } as const),
    }));
    const plain = await demangleFrames(frames, { timeoutMs: 20_000 });
    expect(plain.map(({ name }) => name)).toEqual([
      ...["space::foo(int, int)", bomb(), "space::bar()"],
    ]);
  },
);
