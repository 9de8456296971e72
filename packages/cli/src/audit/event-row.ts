import {
  type AuditFacts,
  fieldsOf,
  interpret,
  recordTypeName,
  type SocketAddress,
} from "@task-watchers/audit/log";
import { signalName } from "../report/format.ts";
import { commandLine, printable, shellWord } from "../report/terminal-text.ts";
import type { Style } from "../report/style.ts";

/** Names of users, or what stands for them. */
export type UserName = (uid: number) => string;

/** An event on one line: when, which, who, what, with what outcome. Fit for a terminal whatever it says. */
export function eventRow(facts: AuditFacts, user: UserName, style: Style): string {
  const { stamp, pid, keys, partial, node } = facts;
  return [
    style.dim(localTime(stamp.seconds, stamp.milliseconds)),
    style.dim(String(stamp.serial)),
    printable(node ?? ""),
    who(facts, user),
    pid === undefined ? "" : `pid ${pid}`,
    style.bold(printable(what(facts))),
    detail(facts),
    outcome(facts, style),
    keys.length === 0 ? "" : style.dim(`key ${printable(keys.join(","))}`),
    partial.length === 0 ? "" : style.red(`partial: ${partial.join(", ")}`),
  ]
    .filter((word) => word !== "")
    .join("  ");
}

function what({ syscallName, syscall, type }: AuditFacts): string {
  if (syscallName !== undefined) return syscallName;
  return syscall === undefined ? type : `syscall ${syscall}`;
}

/** As whom it ran, and who logged in where that is another. */
function who({ uid, auid }: AuditFacts, user: UserName): string {
  if (uid === undefined) return auid === undefined ? "" : printable(user(auid));
  const name = printable(user(uid));
  return auid === undefined || auid === uid ? name : `${name} (${printable(user(auid))})`;
}

function detail(facts: AuditFacts): string {
  const { argv, exe = "", paths, proctitle, socketAddress } = facts;
  if (argv !== undefined) {
    const words = argv.map((word) =>
      typeof word === "string" ? shellWord(word) : `<${word.missing}>`,
    );
    const program = exe === "" || exe === argv[0] ? "" : `${printable(exe)}: `;
    return program + words.join(" ");
  }
  const [path] = paths;
  // One that failed has no arguments, and a title that is its caller's.
  if (isExec(facts) && path?.name !== undefined) {
    return `${shellWord(path.name)}, tried by ${printable(exe)}`;
  }
  const files = paths.flatMap(({ name }) => (name === undefined ? [] : [shellWord(name)]));
  const title = proctitle === undefined || exe !== "" ? "" : commandLine(proctitle);
  const rest = others(facts);
  const peer = socketAddress === undefined ? "" : address(socketAddress);
  return [printable(exe), ...files, peer, rest === "" ? title : rest]
    .filter((text) => text !== "")
    .join(" ");
}

function isExec({ syscallName }: AuditFacts): boolean {
  return syscallName === "execve" || syscallName === "execveat";
}

/** Of a socket: what it is connected to, say. */
function address({ family, address, port, path }: SocketAddress): string {
  if (path !== undefined) return `${family} ${shellWord(path)}`;
  if (address === undefined) return family;
  return family === "inet6" ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What the records say that no fact does, name by name. */
function others({ others, type }: AuditFacts): string {
  return others
    .map((record) => {
      const name = recordTypeName(record.type);
      const fields = fieldsOf(record)
        .filter(({ kind }) => kind !== "message")
        .map((field) => `${field.name === "" ? "" : `${field.name}=`}${interpret(field)}`);
      return printable([...(name === type ? [] : [name]), ...fields].join(" "));
    })
    .join(" ");
}

function outcome({ exitStatus, errno, success, signal }: AuditFacts, style: Style): string {
  if (signal !== undefined && signal !== 0) return style.red(signalName(signal));
  if (exitStatus !== undefined) {
    return exitStatus === 0 ? "status 0" : style.red(`status ${exitStatus}`);
  }
  if (success === undefined) return "";
  return success ? style.green("ok") : style.red(`failed ${errno ?? ""}`.trim());
}

/** In local time, as ausearch has it, and so that it sorts. */
function localTime(seconds: number, milliseconds: number): string {
  const date = new Date(seconds * 1000 + milliseconds);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const pad = (n: number): string => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return `${day} ${time}.${String(milliseconds).padStart(3, "0")}`;
}
