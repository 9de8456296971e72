import { execFileSync } from "node:child_process";
import { compileC } from "./compile-c.ts";

/** What to ask the machine's headers. */
export interface COffsetsQuestion {
  /** Such as `"sys/socket.h"`, in the order to include them. */
  readonly headers: readonly string[];
  /** C expressions of integer type, such as `"offsetof(struct iovec, iov_len)"` and `"sizeof(struct iovec)"`. */
  readonly expressions: readonly string[];
}

/**
 * The values of C expressions by this machine's compiler and headers. An expression that does not compile, as when the
 * headers are older than the struct, is absent.
 */
export function cOffsets(question: COffsetsQuestion): Record<string, number> {
  const { headers, expressions } = question;
  try {
    return ask(headers, expressions);
  } catch {
    const known = expressions.filter((expression) => compiles(headers, expression));
    return ask(headers, known);
  }
}

function compiles(headers: readonly string[], expression: string): boolean {
  try {
    ask(headers, [expression]);
    return true;
  } catch {
    return false;
  }
}

function ask(headers: readonly string[], expressions: readonly string[]): Record<string, number> {
  const source = [
    "#define _GNU_SOURCE",
    ...["stddef.h", "stdio.h", ...headers].map((header) => `#include <${header}>`),
    "int main(void) {",
    ...expressions.map((expression) => `  printf("%lld\\n", (long long)(${expression}));`),
    "  return 0;",
    "}",
    "",
  ].join("\n");
  const values = execFileSync(compileC(source, "offsets"), { encoding: "utf8" }).split("\n");
  return Object.fromEntries(expressions.map((expression, i) => [expression, Number(values[i])]));
}
