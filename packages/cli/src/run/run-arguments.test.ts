import { expect, test } from "vitest";
import { parseRunArguments } from "./run-arguments.ts";

test("parseRunArguments() leaves the command's own options alone", () => {
  expect(parseRunArguments(["ls", "-la", "--json"]).command).toEqual(["ls", "-la", "--json"]);
  expect(parseRunArguments(["--live", "--", "-x", "--live"])).toMatchObject({
    command: ["-x", "--live"],
    live: true,
  });
  expect(parseRunArguments(["--json", "out", "make", "--", "all"])).toMatchObject({
    command: ["make", "--", "all"],
    json: "out",
  });
});

test("parseRunArguments() takes a list of watchers, given once or several times", () => {
  const { watchers } = parseRunArguments(["--with", "a,b", "--with=./c.js", "true"]);
  expect(watchers).toEqual({ names: ["a", "b", "./c.js"], enableDelayacct: false });
});

test("parseRunArguments() waits, shows 100 lines and no threads unless told otherwise", () => {
  expect(parseRunArguments(["true"])).toEqual({
    command: ["true"],
    json: undefined,
    report: undefined,
    watchers: { names: [], enableDelayacct: false },
    nodePerfMaps: false,
    live: false,
    quiet: false,
    wait: true,
    threads: false,
    maxTasks: 100,
    receiveBufferBytes: undefined,
    execs: undefined,
    deny: expect.objectContaining({ isEmpty: true }),
    help: false,
  });
});

test("parseRunArguments() names what is wrong and what would be right", () => {
  expect(() => parseRunArguments([])).toThrow(/no command given.*task-watchers run -- make/u);
  expect(() => parseRunArguments(["--jason", "x"])).toThrow(/--jason/u);
  expect(() => parseRunArguments(["--max-tasks", "many", "true"])).toThrow(
    '--max-tasks must be a whole number, got "many"',
  );
  expect(() => parseRunArguments(["--max-tasks=-1", "true"])).toThrow(/whole number/u);
  expect(() => parseRunArguments(["--json="])).toThrow(/no command|--json/u);
  expect(() => parseRunArguments(["--json", "--", "true"])).toThrow(/--json/u);
});

test("parseRunArguments() gives help without a command", () => {
  expect(parseRunArguments(["--help"]).help).toBe(true);
});

test("parseRunArguments() takes --node-perf-maps for a wish to profile", () => {
  const { watchers, nodePerfMaps } = parseRunArguments(["--node-perf-maps", "node", "x.js"]);
  expect(nodePerfMaps).toBe(true);
  expect(watchers.names).toEqual(["profile"]);
});

test("parseRunArguments() knows how execs are to be learned of", () => {
  expect(parseRunArguments(["--no-exec-stop", "true"]).execs).toBe("proc");
  expect(parseRunArguments(["--source", "proc", "true"]).execs).toBe("proc");
  expect(parseRunArguments(["--source=stop", "true"]).execs).toBe("stop");
  expect(parseRunArguments(["--source", "bpf", "true"]).execs).toBe("bpf");
  expect(() => parseRunArguments(["--source", "audit", "true"])).toThrow(
    '--source must be stop, bpf or proc, got "audit"',
  );
  expect(() => parseRunArguments(["--source", "bpf", "--deny", "x", "true"])).toThrow(
    "--deny stops execs; it cannot be had with --source bpf",
  );
  expect(() => parseRunArguments(["--source", "bpf", "--receive-buffer", "1", "true"])).toThrow(
    "it cannot be set with --source bpf",
  );
  expect(() => parseRunArguments(["--source", "stop", "--no-exec-stop", "true"])).toThrow(
    "exclude each other",
  );
});

test("parseRunArguments() takes several patterns to deny, and none where nothing can be denied", () => {
  const { deny } = parseRunArguments(["--deny", "curl", "--deny=/opt/*", "true"]);
  expect([deny.matches("/bin/curl"), deny.matches("/opt/x"), deny.matches("/bin/ls")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(() => parseRunArguments(["--deny", "", "true"])).toThrow("--deny needs a pattern");
  expect(() => parseRunArguments(["--deny", "x", "--no-exec-stop", "true"])).toThrow(
    "cannot be had with --no-exec-stop",
  );
});
