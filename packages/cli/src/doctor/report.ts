import { missingFrom } from "./capabilities.ts";
import type { Style } from "../report/style.ts";
import { printable } from "../report/terminal-text.ts";
import type { Findings, WatcherFinding, WatcherProbe } from "./examine.ts";
import type { HostFacts } from "./host.ts";
import type { WatcherState } from "./watchers.ts";

/** The findings for a reader: the host, then each watcher with what was tried. Says the same with and without colour. */
export function formatFindings(findings: Findings, style: Style): string {
  const { version, host, notes, watchers } = findings;
  const lines = [
    `task-watchers ${version} · Node.js ${host.node} · Linux ${printable(host.kernel)} ${host.arch}`,
    `user: ${userText(host)}`,
    `capabilities: ${capabilitiesText(host)}`,
    ...settingLines(host),
    ...notes.map((note) => `note: ${printable(note)}`),
    ...watchers.flatMap((watcher) => ["", ...watcherLines(watcher, style)]),
  ];
  return `${lines.join("\n")}\n`;
}

function watcherLines({ name, state, says, probes }: WatcherFinding, style: Style): string[] {
  const colour = { yes: style.green, degraded: style.bold, no: style.red }[state];
  return [
    `${colour(`${SIGNS[state]} ${name}: ${STATES[state]}`)} – ${says}`,
    ...probes.flatMap((probe) => probeLines(probe, style)),
  ];
}

const SIGNS: Readonly<Record<WatcherState, string>> = { yes: "✓", degraded: "!", no: "✗" };
const STATES: Readonly<Record<WatcherState, string>> = {
  yes: "yes",
  degraded: "in part",
  no: "no",
};

function probeLines(probe: WatcherProbe, style: Style): string[] {
  const { ok, name, title, reason, remedy, role } = probe;
  const detail = printable(probe.detail);
  if (ok) return [`    ${style.green("✓")} ${name}: ${title}`, style.dim(`        ${detail}`)];
  const refused = role === "extra" ? style.dim : style.red;
  return [
    `    ${refused("✗")} ${name}: ${title}${role === "extra" ? " (not needed)" : ""}`,
    `        ${detail}`,
    ...(reason === undefined ? [] : [`        why: ${printable(reason)}`]),
    ...(remedy === undefined ? [] : [`        do:  ${printable(remedy)}`]),
  ];
}

function userText({ user }: HostFacts): string {
  return user.name === null ? `${user.uid}` : `${printable(user.name)} (${user.uid})`;
}

function capabilitiesText({ capabilities }: HostFacts): string {
  const { effective, all } = capabilities;
  if (all) return "all";
  if (effective.length === 0) return "none";
  const missing = missingFrom(effective);
  return missing.length < effective.length ? `all but ${missing.join(", ")}` : effective.join(", ");
}

function settingLines({ settings }: HostFacts): string[] {
  const known = Object.entries(settings).map(([name, value]) => `${name}=${value ?? "absent"}`);
  return [`settings: ${known.slice(0, 3).join(" ")}`, `          ${known.slice(3).join(" ")}`];
}
