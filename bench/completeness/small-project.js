// @ts-check
/** A project whose build runs programs of many kinds, each for files of its own. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILES = 40;
const MAKEFILE = `
objects := $(patsubst %.c,out/%.o,$(wildcard *.c))
all: out/program out/library.a out/plus.o out/sorted out/names out/sum
out/%.o: %.c
	cc -O1 -c -o $@ $<
out/plus.o: plus.cc
	c++ -c -o $@ $<
out/program: $(objects)
	cc -o $@ $^
out/library.a: $(objects)
	ar rcD $@ $^
out/names: out/library.a
	nm $< | sed 's/^[0-9a-f]* *//' > $@
out/sorted: words
	sort $< > $@
out/sum: words
	@sh -c 'cksum < words > $@'
.DELETE_ON_ERROR:
`;

/** @param {string} directory */
export function writeProject(directory) {
  for (let i = 0; i < FILES; i++) {
    const body = `int f${i}(int n) { return n * ${i}; }\n${i === 0 ? "int main(void) { return 0; }\n" : ""}`;
    writeFileSync(join(directory, `f${i}.c`), body);
  }
  writeFileSync(
    join(directory, "plus.cc"),
    "template <class T> T twice(T t) { return t + t; }\nint x = twice(21);\n",
  );
  writeFileSync(join(directory, "words"), "three\none\ntwo\n");
  writeFileSync(join(directory, "Makefile"), MAKEFILE);
}

/** Takes away what a build has made. @param {string} directory */
export function cleanProject(directory) {
  rmSync(join(directory, "out"), { recursive: true, force: true });
  mkdirSync(join(directory, "out"));
}

/** What a build has made, by name: a hash of each file. @param {string} directory */
export function outputsOf(directory) {
  const out = join(directory, "out");
  return new Map(
    readdirSync(out)
      .sort()
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(out, name)))
          .digest("hex"),
      ]),
  );
}
