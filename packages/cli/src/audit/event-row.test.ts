import { Assembler, type AuditFacts, factsOf, parseLogLine } from "@task-watchers/audit/log";
import { expect, test } from "vitest";
import { styleFor } from "../report/style.ts";
import { eventRow } from "./event-row.ts";

const plain = styleFor({ isTTY: false }, {});
const user = (uid: number): string => (uid === 0 ? "root" : String(uid));

function facts(...lines: string[]): AuditFacts {
  let told: AuditFacts | undefined;
  const assembler = new Assembler({ onEvent: (event) => (told ??= factsOf(event)) });
  for (const line of lines) {
    const record = parseLogLine(line);
    if (record !== undefined) assembler.push(record);
  }
  assembler.flush();
  if (told === undefined) throw new Error("no event");
  return told;
}

const CALL =
  "arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=1 ppid=1 pid=42 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=3";

test("eventRow() tells who ran what with all arguments, as a shell would take them", () => {
  const row = eventRow(
    facts(
      `type=SYSCALL msg=audit(1.002:7): ${CALL} comm="ls" exe="/usr/bin/ls" key="k"`,
      `type=EXECVE msg=audit(1.002:7): argc=2 a0="ls" a1=61206227`,
    ),
    user,
    plain,
  );
  expect(row).toContain(
    String.raw`root (1000)  pid 42  execve  /usr/bin/ls: ls 'a b'\'''  ok  key k`,
  );
});

test("eventRow() tells of an exec that failed what was tried", () => {
  const row = eventRow(
    facts(
      `type=SYSCALL msg=audit(1.002:8): ${CALL.replace("success=yes exit=0", "success=no exit=-2")} comm="sh" exe="/usr/bin/sh" key=(null)`,
      `type=PATH msg=audit(1.002:8): item=0 name="/bin/nosuch" nametype=UNKNOWN`,
    ),
    user,
    plain,
  );
  expect(row).toContain("execve  /bin/nosuch, tried by /usr/bin/sh  failed ENOENT");
});

test.each([
  ["020000350A000001000000000000000000", "10.0.0.1:53"],
  ["0A0001BB00000000" + "00".repeat(15) + "0100000000", "[::1]:443"],
  ["01002F72756E2F6120622E736F636B00", "unix '/run/a b.sock'"],
  ["10000000", "netlink"],
])("eventRow() tells of a connect with %s where to", (saddr, to) => {
  const row = eventRow(
    facts(
      `type=SYSCALL msg=audit(1.002:8): ${CALL.replace("syscall=59", "syscall=42")} comm="curl" exe="/usr/bin/curl" key=(null)`,
      `type=SOCKADDR msg=audit(1.002:8): saddr=${saddr}`,
    ),
    user,
    plain,
  );
  expect(row).toContain(`connect  /usr/bin/curl ${to}  ok`);
});

test("eventRow() lets nothing of another process reach the terminal", () => {
  const hostile = Buffer.from("\u001b[2J\n\u202etype=SYSCALL \u009b").toString("hex").toUpperCase();
  const row = eventRow(
    facts(
      `type=SYSCALL msg=audit(1.002:9): ${CALL} comm=${hostile} exe=${hostile} key=${hostile}`,
      `type=EXECVE msg=audit(1.002:9): argc=1 a0=${hostile}`,
      `type=USER_CMD msg=audit(1.002:9): pid=1 uid=0 msg='cmd=${hostile} res=success'`,
    ),
    user,
    plain,
  );
  // oxlint-disable-next-line no-control-regex
  expect(row).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u);
});
