/**
 * Random programs of registrations and calls, also from inside callbacks, run on each chain and on
 * a plain model of kernel/notifier.c; what happened must be the same to the last callback.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtomicNotifierChain } from "./atomic-notifier-chain.ts";
import { BlockingNotifierChain } from "./blocking-notifier-chain.ts";
import { RawNotifierChain } from "./raw-notifier-chain.ts";
import { SrcuNotifierChain } from "./srcu-notifier-chain.ts";

const KINDS = ["raw", "atomic", "blocking", "srcu"] as const;
type Kind = (typeof KINDS)[number];

const BLOCKS = 6;
const DEEPEST = 2;
const MOST_CALLBACKS = 200;
/** Milliseconds; takes one second on an idle machine. */
const TIMEOUT = 60_000;

type Act =
  | { act: "register"; block: number; priority: number; unique: boolean }
  | { act: "unregister"; block: number }
  | { act: "unregister self" }
  | { act: "move self"; priority: number }
  | { act: "call" }
  | { act: "robust" };

/** What a callback does one of the times it is called. After its last turn it just answers 1. */
interface Turn {
  acts: readonly Act[];
  answer: number | "nothing" | "throw" | "nonsense";
}

interface Program {
  /** One list of turns for each block. */
  turns: readonly (readonly Turn[])[];
  steps: readonly Act[];
}

// ---------------------------------------------------------------- the model of kernel/notifier.c

interface ModelBlock {
  id: number;
  priority: number;
  next: ModelBlock | null;
}

/** Where a link is kept: the head's or a block's `next`, as C's `struct notifier_block **`. */
interface Link {
  next: ModelBlock | null;
}

type Callback = (block: ModelBlock, action: string) => Promise<number>;

/** Four rules: the walk of insertion, the walk of removal, the call, the robust call. */
class Model {
  readonly #head: Link = { next: null };
  readonly #members = new Set<ModelBlock>();
  readonly #kind: Kind;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  register(block: ModelBlock, unique: boolean): string {
    // The kernel meets a member only if its walk passes it; the port looks at all.
    if (this.#members.has(block)) {
      return "EEXIST";
    }
    let link: Link = this.#head;
    while (link.next !== null) {
      if (block.priority > link.next.priority) {
        break;
      }
      if (block.priority === link.next.priority && unique) {
        return "EBUSY";
      }
      link = link.next;
    }
    block.next = link.next;
    link.next = block;
    this.#members.add(block);
    return "ok";
  }

  unregister(block: ModelBlock): string {
    let link: Link = this.#head;
    while (link.next !== null) {
      if (link.next === block) {
        link.next = block.next;
        this.#members.delete(block);
        return "ok";
      }
      link = link.next;
    }
    return "ENOENT";
  }

  async call(action: string, callback: Callback): Promise<number> {
    return (await this.#walk(this.#list(), action, -1, callback)).result;
  }

  async robust(up: string, down: string, callback: Callback): Promise<number> {
    const list = this.#list();
    const { result, calls } = await this.#walk(list, up, -1, callback);
    if ((result & 0x8000) !== 0) {
      await this.#walk(list, down, calls - 1, callback);
    }
    return result;
  }

  async #walk(
    list: Link,
    action: string,
    mostCalls: number,
    callback: Callback,
  ): Promise<{ result: number; calls: number }> {
    let result = 0;
    let calls = 0;
    let block = list.next;
    for (let left = mostCalls; block !== null && left !== 0; left -= 1) {
      const { next } = block;
      result = await callback(block, action);
      calls += 1;
      if ((result & 0x8000) !== 0) {
        break;
      }
      block = next;
    }
    return { result, calls };
  }

  /** The live list; on a blocking chain the version that the call began with. */
  #list(): Link {
    if (this.#kind !== "blocking") {
      return this.#head;
    }
    const copy: Link = { next: null };
    let last = copy;
    for (let block = this.#head.next; block !== null; block = block.next) {
      const { id, priority } = block;
      const copied = { id, priority, next: null };
      last.next = copied;
      last = copied;
    }
    return copy;
  }
}

// ------------------------------------------------------------------------------ running programs

/** What happened, line by line. A line that is not known yet is filled in later. */
type Log = { line: string }[];

/** What both sides offer to a program. */
interface Side {
  log: Log;
  register(block: number, priority: number, unique: boolean): void;
  unregister(block: number): void;
  call(): number | Promise<number>;
  robust(): number | Promise<number>;
}

/** Counts what a program did so far, so that both sides stop going deeper at the same place. */
class Run {
  depth = 0;
  callbacks = 0;
  readonly #taken: number[] = Array.from({ length: BLOCKS }, () => 0);
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  turn(block: number): Turn {
    this.callbacks += 1;
    const taken = this.#taken[block] ?? 0;
    this.#taken[block] = taken + 1;
    return this.#program.turns[block]?.[taken] ?? { acts: [], answer: 1 };
  }

  get mayCall(): boolean {
    return this.depth < DEEPEST && this.callbacks < MOST_CALLBACKS;
  }
}

/** Does one act. The answer of a call is logged when it is there. */
function perform(act: Act, self: number, side: Side, run: Run): void | Promise<void> {
  switch (act.act) {
    case "register":
      return side.register(act.block, act.priority, act.unique);
    case "unregister":
      return side.unregister(act.block);
    case "unregister self":
      return side.unregister(self);
    case "move self":
      side.unregister(self);
      return side.register(self, act.priority, false);
    default: {
      if (!run.mayCall) {
        return undefined;
      }
      run.depth += 1;
      const result = act.act === "call" ? side.call() : side.robust();
      const done = (value: number): void => {
        run.depth -= 1;
        side.log.push({ line: `= ${value}` });
      };
      return typeof result === "number" ? done(result) : result.then(done);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

async function runModel(program: Program, kind: Kind): Promise<string[]> {
  const run = new Run(program);
  const model = new Model(kind);
  const blocks = Array.from({ length: BLOCKS }, (_, id) => ({
    id,
    priority: 0,
    next: null as ModelBlock | null,
  }));
  const log: Log = [];
  const hasUnique = kind === "atomic" || kind === "blocking";
  const hasRobust = kind === "raw" || kind === "blocking";
  const callback: Callback = async ({ id }, action) => {
    log.push({ line: `${action} ${id}` });
    const turn = run.turn(id);
    for (const act of turn.acts) {
      await perform(act, id, side, run);
    }
    if (turn.answer === "throw" || turn.answer === "nonsense") {
      log.push({ line: `error of ${id}` });
      return 0;
    }
    return turn.answer === "nothing" ? 0 : turn.answer;
  };
  const side: Side = {
    log,
    register(id, priority, unique) {
      const block = blocks[id] as ModelBlock;
      const before = block.priority;
      block.priority = priority;
      const outcome = model.register(block, unique && hasUnique);
      if (outcome !== "ok") {
        block.priority = before;
      }
      log.push({ line: `register ${id}: ${outcome}` });
    },
    unregister(id) {
      log.push({ line: `unregister ${id}: ${model.unregister(blocks[id] as ModelBlock)}` });
    },
    call: () => model.call("call", callback),
    robust: () => (hasRobust ? model.robust("up", "down", callback) : model.call("call", callback)),
  };
  for (const step of program.steps) {
    await perform(step, 0, side, run);
  }
  return log.map(({ line }) => line);
}

function answerOf(turn: Turn): number | void {
  if (turn.answer === "throw") {
    throw new Error("thrown by the program");
  }
  if (turn.answer === "nonsense") {
    return 0.5;
  }
  return turn.answer === "nothing" ? undefined : turn.answer;
}

/** Runs a program on a real chain. With `sleeping`, every callback answers with a promise. */
async function runReal(program: Program, kind: Kind, sleeping: boolean): Promise<string[]> {
  const run = new Run(program);
  const log: Log = [];
  const pending: Promise<void>[] = [];
  const options = {
    onError: (_error: unknown, block: { readonly name?: string }) => {
      log.push({ line: `error of ${block.name}` });
    },
  };
  const now = (id: number, action: string): number | void => {
    log.push({ line: `${action} ${id}` });
    const turn = run.turn(id);
    for (const act of turn.acts) {
      void perform(act, id, side, run);
    }
    return answerOf(turn);
  };
  const later = async (id: number, action: string): Promise<number | void> => {
    log.push({ line: `${action} ${id}` });
    const turn = run.turn(id);
    for (const act of turn.acts) {
      await perform(act, id, side, run);
    }
    return answerOf(turn);
  };
  const blocks = Array.from({ length: BLOCKS }, (_, id) => ({
    name: String(id),
    priority: 0,
    call: (action: string): number | void => now(id, action),
  }));
  const sleepers = Array.from({ length: BLOCKS }, (_, id) => ({
    name: String(id),
    priority: 0,
    call: (action: string) => later(id, action),
  }));
  const atomic = new AtomicNotifierChain<string, null>(options);
  const raw = new RawNotifierChain<string, null>(options);
  const blocking = new BlockingNotifierChain<string, null>(options);
  const srcu = new SrcuNotifierChain<string, null>(options);
  const chain = { raw, atomic, blocking, srcu }[kind];
  const blockOf = (id: number) => (sleeping ? sleepers : blocks)[id] as (typeof blocks)[number];
  const side: Side = {
    log,
    register(id, priority, unique) {
      const block = blockOf(id);
      const before = block.priority;
      block.priority = priority;
      let outcome = "ok";
      try {
        if (unique && (chain === atomic || chain === blocking)) {
          chain.registerUniquePriority(block);
        } else {
          chain.register(block);
        }
      } catch (error) {
        outcome = codeOf(error);
        block.priority = before;
      }
      log.push({ line: `register ${id}: ${outcome}` });
    },
    unregister(id) {
      const entry = { line: "" };
      log.push(entry);
      const settle = (outcome: string): void => {
        entry.line = `unregister ${id}: ${outcome}`;
      };
      try {
        const over = chain.unregister(blockOf(id));
        if (over === undefined) {
          settle("ok");
        } else {
          pending.push(
            over.then(
              () => settle("ok"),
              (error: unknown) => settle(codeOf(error)),
            ),
          );
        }
      } catch (error) {
        settle(codeOf(error));
      }
    },
    call: () => chain.call("call", null),
    robust: () =>
      chain === raw || chain === blocking
        ? chain.callRobust("up", "down", null)
        : chain.call("call", null),
  };
  for (const step of program.steps) {
    await perform(step, 0, side, run);
  }
  await Promise.all(pending);
  return log.map(({ line }) => line);
}

// ------------------------------------------------------------------------------------- programs

const block = fc.integer({ min: 0, max: BLOCKS - 1 });
const priority = fc.constantFrom(-1, 0, 0, 0, 1);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant("register"), block, priority, unique: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("unregister"), block }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("unregister self") }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("move self"), priority }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("call") }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("robust") }) },
) as fc.Arbitrary<Act>;
const answer = fc.constantFrom(0, 0, 1, 1, 0x8001, 0x8002, -12, "nothing", "throw", "nonsense");
const turn = fc.record({ acts: fc.array(act, { maxLength: 3 }), answer }) as fc.Arbitrary<Turn>;
const fill: Act[] = Array.from({ length: BLOCKS }, (_, id) => ({
  act: "register",
  block: id,
  priority: id % 3 === 0 ? 1 : 0,
  unique: false,
}));
const step = fc.oneof(act, fc.constantFrom<Act>({ act: "call" }, { act: "robust" }));
const program: fc.Arbitrary<Program> = fc.record({
  turns: fc.array(fc.array(turn, { maxLength: 3 }), { minLength: BLOCKS, maxLength: BLOCKS }),
  steps: fc
    .tuple(fc.subarray(fill), fc.array(step, { minLength: 1, maxLength: 12 }))
    .map(([first, rest]) => first.concat(rest)),
});

describe.each(KINDS)("%s chain", (kind) => {
  test("does what kernel/notifier.c does, for any program", { timeout: TIMEOUT }, async () => {
    await fc.assert(
      fc.asyncProperty(program, async (random) => {
        expect(await runReal(random, kind, false)).toEqual(await runModel(random, kind));
      }),
      { numRuns: 2000 },
    );
  });
});

describe.each(["raw", "blocking", "srcu"] as const)("%s chain", (kind) => {
  test("does the same when its callbacks sleep", { timeout: TIMEOUT }, async () => {
    await fc.assert(
      fc.asyncProperty(program, async (random) => {
        expect(await runReal(random, kind, true)).toEqual(await runModel(random, kind));
      }),
      { numRuns: 1000 },
    );
  });
});
