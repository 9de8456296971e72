import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A descriptor of ours. */
export interface OpenFile {
  readonly number: number;
  /** What /proc/self/fd says it is. */
  readonly link: string;
  /** Whether it can be written to. */
  readonly isWritable: boolean;
  /** As open(2) has them; looked up when it is asked for. */
  readonly flags: number;
}

// include/uapi/asm-generic/fcntl.h; the same on all machines that Node.js runs on
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/** Standard streams are passed on by themselves. */
const FIRST = 3;

/**
 * Descriptors from 3 on that whoever started us meant for the command, as make does with those of its job server. Node.js
 * marks what it finds close-on-exec when it starts. To be called before anything was opened.
 */
export function inheritedDescriptors(): number[] {
  const files: OpenFile[] = [];
  try {
    for (const name of readdirSync("/proc/self/fd")) {
      const file = openFile(Number(name));
      if (file !== undefined) files.push(file);
    }
  } catch {
    return []; // No /proc: then nothing can be watched either.
  }
  const channel = process.channel === undefined ? undefined : channelNumber();
  const inspects = /--inspect/u.test(
    `${process.execArgv.join(" ")} ${process.env["NODE_OPTIONS"]}`,
  );
  return inheritedAmong(files, process.env["MAKEFLAGS"]).filter((number) => {
    const isSocket = files.find((file) => file.number === number)?.link.startsWith("socket:");
    return number !== channel && !(inspects && isSocket);
  });
}

/**
 * Which of a Node.js program's descriptors it was started with: told apart from its own by what Node.js opens at its start,
 * each at the lowest number that is free: first an epoll, then other anonymous ones, pipes with both ends in this process,
 * and /dev/null to read. Those that are not close-on-exec are left out: they reach a child by themselves.
 */
export function inheritedAmong(files: readonly OpenFile[], makeFlags = ""): number[] {
  const others = files
    .filter(({ number }) => number >= FIRST)
    .toSorted((a, b) => a.number - b.number);
  const firstOwn = others.find(({ link }) => link === "anon_inode:[eventpoll]")?.number ?? FIRST;
  const pipes = ownPipes(files, firstOwn, jobServer(makeFlags));
  return others
    .filter(({ number, link, isWritable }) => {
      if (number < firstOwn) return true;
      if (link.startsWith("anon_inode:")) return false;
      return link === "/dev/null" ? isWritable : !pipes.has(link);
    })
    .filter(({ flags }) => (flags & O_CLOEXEC) !== 0)
    .map(({ number }) => number);
}

/** Pipes with both ends among the descriptors from `firstOwn` on, but for those that cannot be Node.js's. */
function ownPipes(
  files: readonly OpenFile[],
  firstOwn: number,
  jobs: number | undefined,
): ReadonlySet<string> {
  const ends = new Map<string, OpenFile[]>();
  for (const file of files) {
    if (file.link.startsWith("pipe:")) ends.set(file.link, [...(ends.get(file.link) ?? []), file]);
  }
  const own = new Map<string, readonly OpenFile[]>();
  for (const [link, both] of ends) {
    const [a, b] = both;
    const isPair = both.length === 2 && a?.isWritable !== b?.isWritable;
    if (isPair && both.every(({ number }) => number >= firstOwn)) own.set(link, both);
  }
  if (jobs !== undefined && isJobServer(jobs, own)) {
    own.delete(files.find(({ number }) => number === jobs)?.link ?? "");
  }
  return new Set(own.keys());
}

/** make's word may be of a job server that it has closed; the number is another pipe's then. */
function isJobServer(number: number, pairs: ReadonlyMap<string, readonly OpenFile[]>): boolean {
  const blocking = (pair: readonly OpenFile[]): number =>
    pair.filter(({ flags }) => (flags & O_NONBLOCK) === 0).length;
  const named = [...pairs.values()].find((pair) => pair.some((file) => file.number === number));
  if (named === undefined) return false;
  // Of Node.js's own both ends block or neither does, and those of one block.
  if (blocking(named) === 1) return true;
  const others = [...pairs.values()].filter((pair) => pair !== named && blocking(pair) === 2);
  return blocking(named) === 2 && others.length > 0;
}

/** What make's MAKEFLAGS name to read from: `--jobserver-auth=3,4`, `--jobserver-fds=3,4` before make 4.2. */
function jobServer(makeFlags: string): number | undefined {
  const found = /--jobserver-(?:auth|fds)=(\d+),\d+/u.exec(makeFlags);
  return found === null ? undefined : Number(found[1]);
}

function openFile(number: number): OpenFile | undefined {
  const path = `/proc/self/fd/${number}`;
  try {
    const link = readlinkSync(path);
    // The command waits for this: what it is opened for is in the mode of the link, the rest takes a file to read.
    const isWritable = !link.startsWith("anon_inode:") && (lstatSync(path).mode & 0o200) !== 0;
    return {
      number,
      link,
      isWritable,
      get flags(): number {
        const info = readFileSync(`/proc/self/fdinfo/${number}`, "latin1");
        return Number.parseInt(/^flags:\s*(\d+)/mu.exec(info)?.[1] ?? "0", 8);
      },
    };
  } catch {
    return undefined; // The folder's own.
  }
}

/** The descriptor by which a Node.js program that started us talks to us: it is for us. */
function channelNumber(): number | undefined {
  try {
    const found = /(?:^|\0)NODE_CHANNEL_FD=(\d+)/u.exec(
      readFileSync("/proc/self/environ", "latin1"),
    );
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}
