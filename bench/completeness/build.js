// @ts-check
/** A parallel build, watched from the host: every fork, exec and exit against the scheduler's tracepoints. */
import { fileURLToPath } from "node:url";
import { parseLine } from "@task-watchers/trace";
import { observed } from "../measuring/observer.js";
import { descentIn, differences, livesByTrace, livesByTracepoints, sums } from "./lives.js";
import { runCommand } from "./run-command.js";
import { traced } from "./tracepoints.js";

export const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

/**
 * One build under one source.
 *
 * @param {"bpf" | "connector"} source
 * @param {import("../patches/project.js").Project} project
 */
export async function checkBuild(source, project) {
  project.renew();
  const options = ["watch", "-q", "--threads", "--source", source, "--json", "-"];
  const { result, tracepoints } = await traced(() =>
    observed(
      { command: [process.execPath, main, ...options], ready: /"type":"header"/u },
      async () => {
        const sinceNs = process.hrtime.bigint();
        return { sinceNs, pid: (await runCommand(project.command)).pid };
      },
    ),
  );
  const lines = linesOf(result.output);
  return compared(`watch --source ${source}`, lines, tracepoints, result.result);
}

/**
 * @param {string} name
 * @param {readonly import("./lives.js").AnyLine[]} lines
 * @param {readonly import("./lives.js").Tracepoint[]} tracepoints
 * @param {import("./lives.js").Root} root
 */
export function compared(name, lines, tracepoints, root) {
  const truth = livesByTracepoints(tracepoints, root);
  const told = livesByTrace(descentIn(lines, root));
  const wrong = [
    ...differences(told.processes, truth.processes),
    ...differences(told.threads, truth.threads),
  ];
  const summary = lines.at(-1);
  if (summary?.type !== "summary") wrong.push("the trace has no summary");
  return { name, told: sums(told), truth: sums(truth), summary, wrong };
}

/** @param {string} text */
export function linesOf(text) {
  return text.split("\n").flatMap((line) => parseLine(line) ?? []);
}
