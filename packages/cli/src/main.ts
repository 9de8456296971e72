#!/usr/bin/env node
import { writeSync } from "node:fs";

const HELP = `Usage: task-watchers <command> [options]

Commands:
  run [options] [--] command [argument…]
                        run a command and show every task of it
  watch [options]       show the tasks of this host, or of running processes and their descent
  delays --pid N        show what running processes wait for, as top does for the CPU
  relay [options]       serve this host's tasks to others over a Unix socket
  slot NAME --count N [--] command
                        run a command when one of N slots is free, and hold it as long as the command lives
  audit [options] [file…]
                        read audit logs, filter and print them
  report [options] TRACE
                        make an HTML report of a trace, convert it, or compare two
  doctor [options]      say what each watcher can do here, what it cannot, and the remedy

Options:
  -h, --help            print this; after a command, its own help
      --version         print the version
`;

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "run":
    case "watch":
    case "delays":
    case "relay":
    case "slot":
    case "audit":
    case "report":
    case "doctor":
      return await COMMANDS[command](rest);
    case "--version": {
      const { packageVersion } = await import("./version.ts");
      process.stdout.write(`${packageVersion()}\n`);
      return 0;
    }
    case "-h":
    case "--help":
      process.stdout.write(HELP);
      return 0;
    case undefined: {
      const { failWith } = await import("./failure.ts");
      return failWith(HELP);
    }
    default: {
      const { unknownCommand } = await import("./failure.ts");
      throw unknownCommand(command, Object.keys(COMMANDS));
    }
  }
}

/** Each command's code is loaded when it is wanted: a program that is to be watched waits for it. */
const COMMANDS = {
  async run(args: readonly string[]): Promise<number> {
    const { parseRunArguments, run, RUN_HELP } = await import("./run/run.ts");
    const parsed = parseRunArguments(args);
    if (parsed.help) return help(RUN_HELP);
    return await run(parsed);
  },
  async watch(args: readonly string[]): Promise<number> {
    const { parseWatchArguments, WATCH_HELP } = await import("./watch/watch-arguments.ts");
    const parsed = parseWatchArguments(args);
    if (parsed.help) return help(WATCH_HELP);
    // It would have grown by the time that all code is loaded.
    const { keepHeapsSmall } = await import("./small-heaps.ts");
    keepHeapsSmall();
    const { watch } = await import("./watch/watch.ts");
    return await watch(parsed);
  },
  async delays(args: readonly string[]): Promise<number> {
    const { DELAYS_HELP, parseDelaysArguments } = await import("./delays/delays-arguments.ts");
    const parsed = parseDelaysArguments(args);
    if (parsed.help) return help(DELAYS_HELP);
    const { delays } = await import("./delays/delays.ts");
    return await delays(parsed);
  },
  async relay(args: readonly string[]): Promise<number> {
    const { parseRelayArguments, RELAY_HELP } = await import("./relay/relay-arguments.ts");
    const parsed = parseRelayArguments(args, process.env);
    if (parsed.help) return help(RELAY_HELP);
    const { relay } = await import("./relay/relay.ts");
    return await relay(parsed);
  },
  async slot(args: readonly string[]): Promise<number> {
    const { parseSlotArguments, SLOT_HELP } = await import("./slot/slot-arguments.ts");
    const parsed = parseSlotArguments(args);
    if (parsed.help) return help(SLOT_HELP);
    const { slot } = await import("./slot/slot.ts");
    return await slot(parsed);
  },
  async audit(args: readonly string[]): Promise<number> {
    const { AUDIT_HELP, parseAuditArguments } = await import("./audit/audit-arguments.ts");
    const parsed = parseAuditArguments(args);
    if (parsed.help) return help(AUDIT_HELP);
    const { audit } = await import("./audit/audit.ts");
    return await audit(parsed);
  },
  async report(args: readonly string[]): Promise<number> {
    const { parseReportArguments, REPORT_HELP } = await import("./pictures/report-arguments.ts");
    const parsed = parseReportArguments(args);
    if (parsed.help) return help(REPORT_HELP);
    const { report } = await import("./pictures/report.ts");
    return await report(parsed);
  },
  async doctor(args: readonly string[]): Promise<number> {
    const { doctor } = await import("./doctor/doctor.ts");
    return await doctor(args);
  },
};

function help(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function report(error: unknown): Promise<number> {
  const [, , command = ""] = process.argv;
  const { exitStatusOf } = await import("./failure.ts").catch((unread: unknown) => {
    // Without a descriptor left, what says so cannot be read either.
    if (!(unread instanceof Error) || !/\bEMFILE\b/u.test(unread.message)) throw unread;
    writeSync(2, "task-watchers: no more open files are allowed: raise ulimit -n\n");
    return { exitStatusOf: () => 125 };
  });
  return exitStatusOf(error, Object.hasOwn(COMMANDS, command) ? command : undefined);
}

/** A byte that is not UTF-8 reads as U+FFFD; what it was is looked for then. */
async function givenArguments(): Promise<readonly string[]> {
  const args = process.argv.slice(2);
  if (!args.some((argument) => argument.includes("\ufffd"))) return args;
  const { requireText, trueArguments } = await import("./argument-bytes.ts");
  const given = trueArguments(args);
  // `slot` becomes its command itself.
  if (given[0] !== "slot") requireText(given);
  return given;
}

// Whatever a watcher has left running ends with the command.
process.exit(await givenArguments().then(main).catch(report));
