import type { AuditFacts } from "../facts/event-facts.ts";
import type { IdNames } from "../interpret/id-names.ts";

/** An event in the terms of the Elastic Common Schema: fields nested, for JSON. */
export type EcsEvent = Readonly<Record<string, unknown>>;

/** How an event is told in ECS. */
export interface EcsOptions {
  /** Names of users and groups; without them `user.name` and the like are left out. */
  readonly names?: IdNames;
}

/**
 * An event as Elastic Common Schema 8 has it, in this subset: `@timestamp`, `ecs.version`, `host.name` (node), `event.{kind,
 * category,type,action,outcome,sequence,module,code}`, `process.{pid,parent.pid,name,executable,args,args_count,title,
 * working_directory,exit_code}`, `user.{id,name}` with `effective`, `saved`, `filesystem` and `audit` (login) in it and the
 * same of `group`, `file.{path,inode,device,mode,uid,gid}` (of the first path that is no parent), `tags` (keys of rules); and, as Auditbeat
 * names them, `auditd.{message_type,session,result,data}`.
 *
 * An id is that of the process: real in `user.id`. A byte that is no UTF-8 is `\xNN`: JSON for others cannot hold it, and
 * unlike in a trace it cannot be told from that text. An argument that is not in the records is `""`.
 */
export function toEcs(facts: AuditFacts, options: EcsOptions = {}): EcsEvent {
  const { stamp, node, keys, session } = facts;
  const milliseconds = stamp.seconds * 1000 + stamp.milliseconds;
  return present({
    "@timestamp": new Date(milliseconds).toISOString(),
    ecs: { version: "8.17.0" },
    host: present({ name: text(node) }),
    event: eventFields(facts),
    process: processFields(facts),
    user: ids(facts, USER, (id) => options.names?.user(id)),
    group: ids(facts, GROUP, (id) => options.names?.group(id)),
    file: fileFields(facts),
    tags: keys.length > 0 ? keys.map(wellFormed) : undefined,
    auditd: present({
      message_type: facts.type.toLowerCase(),
      session: session === undefined ? undefined : String(session),
      result: facts.success === undefined ? undefined : facts.success ? "success" : "fail",
      data: present({ arch: facts.arch, syscall: facts.syscallName, tty: text(facts.tty) }),
    }),
  });
}

const EXEC = new Set(["execve", "execveat"]);
const EXIT = new Set(["exit", "exit_group"]);

function eventFields({ type, syscallName = "", success, stamp }: AuditFacts): EcsEvent {
  const [isExec, isExit] = [EXEC.has(syscallName), EXIT.has(syscallName)];
  const isLogin = type.startsWith("USER_LOGIN") || type === "USER_AUTH";
  return present({
    kind: "event",
    module: "auditd",
    category: [isLogin ? "authentication" : "process"],
    type: [isExec || isLogin ? "start" : isExit ? "end" : "info"],
    action: isExec ? "executed" : isExit ? "exited" : syscallName || type.toLowerCase(),
    outcome: success === undefined ? "unknown" : success ? "success" : "failure",
    sequence: stamp.serial,
    code: type,
  });
}

function processFields(facts: AuditFacts): EcsEvent {
  const { pid, ppid, comm, exe, argv, argc, proctitle, cwd, exitStatus } = facts;
  return present({
    pid,
    parent: present({ pid: ppid }),
    name: text(comm),
    executable: text(exe),
    args: argv?.map((argument) => (typeof argument === "string" ? wellFormed(argument) : "")),
    args_count: argc,
    title: text(proctitle?.join(" ")),
    working_directory: text(cwd),
    exit_code: exitStatus,
  });
}

type IdFact = "uid" | "euid" | "suid" | "fsuid" | "auid" | "gid" | "egid" | "sgid" | "fsgid";
type IdFacts = readonly [own: IdFact, ...(readonly [name: string, fact: IdFact])[]];

const USER: IdFacts = [
  "uid",
  ["effective", "euid"],
  ["saved", "suid"],
  ["filesystem", "fsuid"],
  ["audit", "auid"],
];
const GROUP: IdFacts = ["gid", ["effective", "egid"], ["saved", "sgid"], ["filesystem", "fsgid"]];

function ids(
  facts: AuditFacts,
  [own, ...more]: IdFacts,
  nameOf: (id: number) => string | undefined,
): EcsEvent {
  const one = (id: number | undefined): EcsEvent | undefined =>
    id === undefined ? undefined : present({ id: String(id), name: text(nameOf(id)) });
  const nested = more.map(([name, fact]) => [name, one(facts[fact])] as const);
  return present({ ...one(facts[own]), ...Object.fromEntries(nested) });
}

function fileFields({ paths, cwd }: AuditFacts): EcsEvent {
  const file = paths.find(({ nametype }) => nametype !== "PARENT");
  if (file?.name === undefined) return {};
  const { name, inode, dev, mode, ouid, ogid } = file;
  const isRelative = !name.startsWith("/") && cwd !== undefined;
  return present({
    path: text(isRelative ? `${cwd.replace(/\/$/u, "")}/${name}` : name),
    inode: inode === undefined ? undefined : String(inode),
    device: dev,
    mode: mode === undefined ? undefined : `0${(mode & 0o7777).toString(8).padStart(3, "0")}`,
    uid: ouid === undefined ? undefined : String(ouid),
    gid: ogid === undefined ? undefined : String(ogid),
  });
}

/** Without what is absent or empty. */
function present(fields: Readonly<Record<string, unknown>>): EcsEvent {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && !isEmpty(value)),
  );
}

function isEmpty(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 0
  );
}

function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : wellFormed(value);
}

/** Lone surrogates stand for the bytes 0x80–0xff; no other occur. */
function wellFormed(value: string): string {
  return value.replace(
    /[\ud800-\udfff]/gu,
    (lone) => `\\x${(lone.charCodeAt(0) & 0xff).toString(16)}`,
  );
}
