// @ts-check
// node bare-chain.js: the chain for tasks of another kind. Neither Linux nor processes: jobs of a queue.
import { TaskChain } from "@task-watchers/chain";

const jobs = new TaskChain({ onError: ({ message }) => console.log(`! ${message}`) });
const now = () => process.hrtime.bigint();

// One watcher keeps time, one bills, and neither knows of the other or of the queue.
const began = new Map();
jobs.register({
  name: "stopwatch",
  init: (event, job) => void began.set(job, event.timeNs),
  free: (_event, job) => void began.delete(job),
});
jobs.register({
  name: "billing",
  exit: (event, job) =>
    console.log(`job ${job.pid}: ${event.code === 0 ? "billed" : "free of charge"}`),
});

for (const [number, code] of [0, 1, 0].entries()) {
  const job = { id: `job-${number}`, pid: number, tgid: number, ppid: 0, startNs: now() };
  jobs.raise({ type: "init", timeNs: now() }, job);
  jobs.raise({ type: "exit", timeNs: now(), code }, job);
  jobs.raise({ type: "free", timeNs: now() }, job);
}
console.log(`${began.size} jobs at work`);
