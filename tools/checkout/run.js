// @ts-check
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

/**
 * Runs a program with our standard streams, environment and signals, then ends as it ended.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 */
export function become(command, args, options = {}) {
  // Listened for before there is a program: a signal is never missed, and comes when there is one.
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"])) {
    process.on(signal, () => child.kill(signal));
  }
  // The terminal signals its whole foreground group: what it sends us, the program has got too.
  for (const signal of /** @type {const} */ (["SIGINT", "SIGQUIT"])) {
    process.on(signal, () => {
      if (!isInForeground(ownStat())) child.kill(signal);
    });
  }
  const child = spawn(command, args, { stdio: "inherit", ...options });
  child.on("error", (error) => {
    process.stderr.write(`${command}: ${error.message}\n`);
    process.exitCode = 127;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

/**
 * Whether a process is in the foreground group of its terminal, by its line of /proc/pid/stat.
 *
 * @param {string} stat
 */
export function isInForeground(stat) {
  // Fields 3 to 8 follow the name, which may hold anything: state, ppid, pgrp, session, tty_nr, tpgid.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[2] !== undefined && fields[2] === fields[5];
}

function ownStat() {
  try {
    return readFileSync("/proc/self/stat", "latin1");
  } catch {
    return "";
  }
}
