// @ts-check
// Prints what three watchers hear of two tasks, one of them broken. Needs neither Linux nor root.
import { TaskChain } from "@task-watchers/chain";

const chain = new TaskChain({ onError: (error) => console.log(`! ${error.message}`) });

const running = new Set();
chain.register({
  name: "census",
  init: (_event, task) => void running.add(task.pid),
  exit: (_event, task) => void running.delete(task.pid),
});
chain.register({
  name: "broken",
  exit() {
    throw new Error("disk full");
  },
});

// Some driver's tasks and events; @task-watchers/tasks raises the kernel's own.
const make = { id: "100.7", pid: 100, tgid: 100, ppid: 1, startNs: 7n };
const cc = { id: "101.8", pid: 101, tgid: 101, ppid: 100, parent: make, startNs: 8n };

chain.raise({ type: "init", timeNs: 7n }, make);
chain.registerOn(make, {
  name: "children of make",
  init: (_event, child) => console.log(`make started ${child.pid}`),
  exit: (event) => console.log(`make ended with code ${event.code}`),
});
chain.raise({ type: "init", timeNs: 8n }, cc);
console.log(`running: ${[...running].join(" ")}`);

chain.raise({ type: "exit", timeNs: 20n, code: 0 }, cc);
chain.raise({ type: "free", timeNs: 20n }, cc);
chain.raise({ type: "exit", timeNs: 30n, code: 2 }, make);
chain.raise({ type: "free", timeNs: 30n }, make);
console.log(`running: ${running.size}`);
