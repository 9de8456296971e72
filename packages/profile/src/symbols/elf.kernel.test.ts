// Needs cc, nm and objcopy; no privilege.
import { execFileSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileC, compiler, kernelTest, program } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { fileSource } from "./byte-source.ts";
import { readElf } from "./elf-header.ts";
import { readFunctions, SHT_DYNSYM, SHT_SYMTAB } from "./elf-symbols.ts";
import type { MappedFile } from "./frame.ts";
import { createSymbolizer } from "./symbolizer.ts";

const SOURCE = `
#include <stdio.h>
__attribute__((noinline)) static int local_function(int n) { return n * 3 + 1; }
__attribute__((noinline)) int exported_function(int n) { return local_function(n) + 2; }
int main(int argc, char **argv) { (void)argv; printf("%d\\n", exported_function(argc)); return 0; }
`;

/** A file as if this process had it mapped. */
function mapped(path: string): MappedFile {
  const { ino } = statSync(path, { bigint: true });
  return { path, major: 0, minor: 0, inode: ino, tgid: process.pid };
}

/** Functions by what nm(1) says, address to names. */
function namesByNm(path: string, flags: readonly string[]): Map<bigint, Set<string>> {
  const text = execFileSync("nm", [...flags, "--defined-only", path], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const names = new Map<bigint, Set<string>>();
  for (const [, address = "", name = ""] of text.matchAll(/^([0-9a-f]+) [TtWwi] (\S+)$/gmu)) {
    const at = BigInt(`0x${address}`);
    names.set(at, (names.get(at) ?? new Set()).add(name.replace(/@.*$/u, "")));
  }
  return names;
}

function libc(): string {
  const list = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  return realpathSync(/libc\.so\.6 => (\S+)/u.exec(list)?.[1] ?? "");
}

kernelTest("every function of node and of libc has the name that nm says", [program("nm")], () => {
  for (const [path, flags, type] of [
    [process.execPath, [], SHT_SYMTAB],
    [libc(), ["-D"], SHT_DYNSYM],
  ] as const) {
    const fd = openSync(path, "r");
    try {
      const table = readFunctions(readElf(fileSource(fd)), type);
      const wanted = namesByNm(path, flags);
      let [right, wrong] = [0, 0];
      for (const [address, names] of wanted) {
        const name = table?.find(address);
        // Labels within a function belong to it, so nm knows a few more.
        if (name !== undefined && names.has(name)) right++;
        else wrong++;
      }
      expect(wanted.size, path).toBeGreaterThan(1000);
      expect(wrong / (right + wrong), `${path}: ${wrong} of ${wanted.size}`).toBeLessThan(0.01);
    } finally {
      closeSync(fd);
    }
  }
});

kernelTest(
  "a stripped program has the names of its separate debug file",
  [compiler, program("objcopy"), program("nm")],
  () => {
    const folder = mkdtempSync(join(tmpdir(), "separate-debug-"));
    try {
      const whole = compileC(SOURCE, "symbols", ["-Wl,--build-id"]);
      const stripped = join(folder, "program");
      const debug = join(folder, "program.debug");
      copyFileSync(whole, stripped);
      execFileSync("objcopy", ["--only-keep-debug", whole, debug]);
      execFileSync("objcopy", ["--strip-all", stripped]);
      const [address = 0n] =
        [...namesByNm(whole, [])].find(([, names]) => names.has("local_function")) ?? [];
      expect(address).toBeGreaterThan(0n);
      // The text of a small program is mapped where it lies in the file.
      const alone = createSymbolizer();
      expect(alone.inFile(mapped(stripped), address)).toEqual({
        name: `program+0x${address.toString(16)}`,
        module: stripped,
        kind: "user",
        resolved: false,
      });
      expect(alone.counters).toMatchObject({ files: 1, filesWithoutSymbols: 1, filesCorrupt: 0 });
      execFileSync("objcopy", [`--add-gnu-debuglink=${debug}`, stripped]);
      const symbolizer = createSymbolizer();
      expect(symbolizer.inFile(mapped(stripped), address + 1n)).toEqual({
        name: "local_function",
        module: stripped,
        kind: "user",
        resolved: true,
      });
      expect(symbolizer.counters).toMatchObject({
        files: 1,
        filesWithoutSymbols: 0,
        filesCorrupt: 0,
      });
      // Of another build, the same name would be a lie.
      execFileSync("objcopy", [
        "--only-keep-debug",
        compileC(`${SOURCE}int more;`, "symbols", ["-Wl,--build-id"]),
        debug,
      ]);
      expect(createSymbolizer().inFile(mapped(stripped), address).resolved).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
