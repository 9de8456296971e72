// @ts-check
/**
 * The end of a test run in a few plain lines: what failed, what passed only when tried again, and the count, so that the end of
 * a log is enough to know.
 */
export class ClosingReport {
  /** @param {(line: string) => void} write */
  constructor(write = (line) => void process.stdout.write(`${line}\n`)) {
    this.write = write;
  }

  /**
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly import("vitest/node").SerializedError[]} errors
   */
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    const failed = errors.map((error) => `failed: ${error.message}, outside of a test`);
    const flaky = [];
    for (const module of modules) {
      // A file that could not be read has no tests.
      if (module.errors().length > 0) {
        count.failed += 1;
        failed.push(`failed: ${module.relativeModuleId}, outside of its tests`);
      }
      for (const test of module.children.allTests()) {
        const { state, errors: why } = test.result();
        count[state] += 1;
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (state === "failed") failed.push(`failed: ${name}: ${firstLine(why)}`);
        if (test.diagnostic()?.flaky) {
          flaky.push(`passed when tried again: ${name}: ${firstLine(why)}`);
        }
      }
    }
    this.write("");
    for (const line of [...flaky, ...failed]) this.write(line);
    const skipped = count.skipped + count.pending;
    this.write(
      `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
    );
  }
}

/** @param {readonly import("vitest/node").SerializedError[] | undefined} errors */
function firstLine(errors) {
  return errors?.[0]?.message.split("\n", 1)[0] ?? "no error told";
}
