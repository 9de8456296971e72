// Prints how a process ended, without waiting for it as its parent would. Needs no root; Linux 6.15.
// @ts-check
import { spawn } from "node:child_process";
import { pidfdExit, pidfdOpen, Readiness } from "@task-watchers/linux";

const child = spawn("sh", ["-c", "sleep 0.1; exit 3"]);
const fd = pidfdOpen(child.pid ?? 0);
const readiness = new Readiness(fd, () => {
  const exit = pidfdExit(fd);
  // Readable from the death on, but the status is there only once the parent, here Node.js itself, has reaped it.
  if ("missing" in exit && exit.missing === "not-reaped") return;
  console.log(exit);
  readiness.close();
  fd.close();
});
