import type { ExecEvent, SyntheticReason } from "@task-watchers/chain";
import { isUnavailable } from "@task-watchers/linux/procfs";
import { marked } from "./exit-event.ts";
import type { ExecFacts } from "./exec-facts.ts";
import { TextPool } from "./text-pool.ts";

/** Makes the events of execs in as little memory as they take: each live task keeps its latest. */
export class ExecEvents {
  readonly #texts = new TextPool();

  make(timeNs: bigint, facts: ExecFacts, synthetic?: SyntheticReason): ExecEvent {
    const { source, argvTruncatedBytes } = facts;
    const exe = this.#shared(facts.exe);
    const argv = this.#arguments(facts.argv);
    const cwd = this.#shared(facts.cwd);
    const cgroup = this.#shared(facts.cgroup);
    // The common case is written out: what is spread takes twice the memory.
    if (source !== undefined && argvTruncatedBytes === undefined && synthetic === undefined) {
      return { type: "exec", timeNs, source, exe, argv, cwd, cgroup };
    }
    return { type: "exec", timeNs, ...facts, exe, argv, cwd, cgroup, ...marked(synthetic) };
  }

  #shared(fact: ExecFacts["exe"]): ExecFacts["exe"] {
    return typeof fact === "string" ? this.#texts.get(fact) : fact;
  }

  #arguments(argv: ExecFacts["argv"]): ExecFacts["argv"] {
    if (isUnavailable(argv)) return argv;
    // An array that was filled one by one has room for 17; a copy has what it needs.
    const exact = argv.slice();
    const [program] = exact;
    if (program !== undefined) exact[0] = this.#texts.get(program);
    return exact;
  }
}
