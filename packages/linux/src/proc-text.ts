import { decodeText } from "./text.ts";

/**
 * Arguments from /proc/PID/cmdline, each as `decodeText` gives it. A program that rewrote its title without NUL bytes
 * yields one argument.
 */
export function parseCmdline(data: Uint8Array): string[] {
  const end = data.at(-1) === 0 ? data.length - 1 : data.length;
  if (data.length === 0) return [];
  const argv: string[] = [];
  let from = 0;
  for (let at = data.indexOf(0); at >= 0 && at < end; at = data.indexOf(0, from)) {
    argv.push(decodeText(data.subarray(from, at)));
    from = at + 1;
  }
  argv.push(decodeText(data.subarray(from, end)));
  return argv;
}

/**
 * Path in the unified hierarchy from /proc/PID/cgroup (`0::/path`), or of the named-systemd or first hierarchy where
 * there is none (man 7 cgroups).
 */
export function parseCgroup(data: Uint8Array): string | undefined {
  const rows = decodeText(data)
    .split("\n")
    // A name may hold any byte but a newline and a slash: line terminators of other kinds, too.
    .map((line) => /^(\d+):([^:]*):(.*)$/su.exec(line))
    .filter((row) => row !== null);
  const row =
    rows.find((row) => row[1] === "0") ?? rows.find((row) => row[2] === "name=systemd") ?? rows[0];
  return row?.[3];
}
