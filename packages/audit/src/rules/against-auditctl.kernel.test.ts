// Needs: CAP_AUDIT_CONTROL in the initial namespaces; auditctl.
import { capability, initialNamespaces, kernelTest, program } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { auditctl, keepingAudit } from "../client/audit-state.fixture.ts";
import { encodeRule } from "./codec.ts";
import { formatRule } from "./format.ts";
import { parseRule } from "./parse.ts";
import { splitWords } from "./words.ts";

const needs = [capability("CAP_AUDIT_CONTROL"), initialNamespaces, program("auditctl")];

/** As auditctl takes and lists them. None can match anything that happens here. */
const LISTED = [
  "-a always,exit -F arch=b64 -S execve,execveat -F key=x",
  "-a always,exit -F arch=b32 -S execve,setuid,setuid32,execveat -F pid=2147483647 -F key=y",
  "-a always,exit -F arch=b64 -S open,openat -F exit=-EACCES -F auid>=1000 -F auid!=-1 -F pid=2147483647",
  "-a always,exit -F arch=b64 -S all -F a0&0x10 -F a1&=0xF -F pid=2147483647 -C uid!=euid",
  "-a never,exit -F arch=b64 -S connect -F saddr_fam=2 -F success=0 -F sessionid=-1",
  "-a always,exit -F arch=b64 -S connect -F exe=/bin/sh -F inode=12 -F pid=2147483647",
  "-a never,exclude -F msgtype=CWD",
  "-a never,exclude -F msgtype>=CONFIG_CHANGE -F pid=2147483647",
  "-a never,user -F pid!=1 -F uid=0 -F msgtype=USER_LOGIN",
  "-a never,task -F uid=65533",
  "-a never,filesystem -F fstype=tracefs",
  "-w /etc/passwd -p wa -k passwords",
];
/** auditctl takes these, and lists them in other words. */
const TAKEN = [
  "-w /etc/ -p rwxa -k a -k b",
  "-a always,exit -F arch=b64 -S mount -F auid=unset -F uid=nobody -F gid=nogroup -F pid=2147483647",
  "-a exit,always -F arch=b64 -S mknod -F filetype=socket -F pid=2147483647",
  "-w /etc/shadow",
  "-w /etc/ssl/ -p x",
  "-a always,exit -F path=/etc/hosts -F perm=wa",
  "-a always,exit -F dir=/etc/ssl -F perm=x -F uid>=5",
  "-A always,exit -F arch=x86_64 -S exit_group -F ppid=2147483647 -k one -k two",
];

for (const text of [...LISTED, ...TAKEN]) {
  kernelTest(`auditctl and ours make the same of ${text}`, needs, async () => {
    await keepingAudit(async (client) => {
      const { rule, prepend } = parseRule(text);
      const others = (await client.rules()).length;
      auditctl(...splitWords(text));
      const theirs = (await client.rules()).map((each) =>
        Buffer.from(encodeRule(each)).toString("hex"),
      );
      expect(theirs).toHaveLength(others + 1);
      expect(theirs).toContain(Buffer.from(encodeRule(rule)).toString("hex"));
      await expect(client.addRule(rule)).rejects.toMatchObject({ code: "EEXIST" });
      await client.deleteRule(rule);
      expect(await client.rules()).toHaveLength(others);
      await client.addRule(rule, { prepend });
      const listed = auditctl("-l").trimEnd().split("\n");
      if (LISTED.includes(text)) {
        expect(listed).toContain(text);
        expect(formatRule(rule)).toBe(text);
      }
      // What we write, auditctl takes: as the rule that is there.
      await client.deleteRule(rule);
      auditctl(...splitWords(formatRule(rule)));
      await client.deleteRule(rule);
    });
  });
}
