// @ts-check
/** A watcher that refuses the programs named in REFUSED with the errno in REFUSED_ERRNO, for `run --with`. */
import { basename } from "node:path";
import { env } from "node:process";
import { notifierFromErrno, taskWatchers } from "@task-watchers/chain";

const refused = new Set(env["REFUSED"]?.split(","));

taskWatchers.load({
  name: "refuse",
  version: "1.0.0",
  watcher: {
    name: "refuse",
    exec({ stopped, exe }) {
      if (stopped !== true || typeof exe !== "string" || !refused.has(basename(exe))) return;
      return notifierFromErrno(-Number(env["REFUSED_ERRNO"]));
    },
  },
});
