// Needs: for the layout a kernel with BTF; for the bytes CAP_NET_ADMIN in the initial namespaces and a C compiler.
import {
  capability,
  compileC,
  compiler,
  initialNamespaces,
  kernelTest,
} from "@task-watchers/kernel-test";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { btfOffsets } from "./btf.fixture.ts";
import { openTaskstats } from "./client.ts";
import { decodeTaskStats } from "./decode-stats.ts";
import { type DelayKind, MOVED_VERSION, movedLayout, SIZES, statsLayout } from "./layout.ts";
import { run } from "./storm.fixture.ts";

const BTF = "/sys/kernel/btf/vmlinux";
const btf = { name: "BTF of the kernel", isMet: () => existsSync(BTF), excuses: true };
const needs = [capability("CAP_NET_ADMIN"), initialNamespaces];

/** Our names of the fields, and the kernel's. */
const NAMES = {
  version: "version",
  exitcode: "ac_exitcode",
  flag: "ac_flag",
  nice: "ac_nice",
  cpuRunRealNs: "cpu_run_real_total",
  cpuRunVirtualNs: "cpu_run_virtual_total",
  comm: "ac_comm",
  sched: "ac_sched",
  uid: "ac_uid",
  gid: "ac_gid",
  pid: "ac_pid",
  ppid: "ac_ppid",
  btime: "ac_btime",
  etimeUs: "ac_etime",
  utimeUs: "ac_utime",
  stimeUs: "ac_stime",
  minflt: "ac_minflt",
  majflt: "ac_majflt",
  coremem: "coremem",
  virtmem: "virtmem",
  hiwaterRssKb: "hiwater_rss",
  hiwaterVmKb: "hiwater_vm",
  readChar: "read_char",
  writeChar: "write_char",
  readSyscalls: "read_syscalls",
  writeSyscalls: "write_syscalls",
  readBytes: "read_bytes",
  writeBytes: "write_bytes",
  cancelledWriteBytes: "cancelled_write_bytes",
  nvcsw: "nvcsw",
  nivcsw: "nivcsw",
  utimeScaledUs: "ac_utimescaled",
  stimeScaledUs: "ac_stimescaled",
  cpuScaledRunRealNs: "cpu_scaled_run_real_total",
  btime64: "ac_btime64",
  tgid: "ac_tgid",
  tgetimeUs: "ac_tgetime",
  exeDev: "ac_exe_dev",
  exeInode: "ac_exe_inode",
} as const;

kernelTest("the tables are those of the running kernel", [...needs, btf], async () => {
  await using client = await openTaskstats();
  const { version } = await client.query(process.pid);
  const { size, offsets } = btfOffsets(readFileSync(BTF), "taskstats");
  expect(SIZES[Math.min(version, 17)]).toBe(version > 17 ? 688 : size);
  const layout = version === MOVED_VERSION ? movedLayout : statsLayout;
  for (const [ours, kernels] of Object.entries(NAMES) as [keyof typeof NAMES, string][]) {
    expect([kernels, offsets.get(kernels)]).toEqual([kernels, there(layout.fields[ours].offset)]);
  }
  for (const kind of Object.keys(layout.delays) as DelayKind[]) {
    const { count, total, max, min, maxAtS } = layout.delays[kind];
    expect({
      count: offsets.get(`${kind}_count`),
      total: offsets.get(`${kind}_delay_total`),
      max: offsets.get(`${kind}_delay_max`),
      min: offsets.get(`${kind}_delay_min`),
      maxAt: offsets.get(`${kind}_delay_max_ts`),
    }).toEqual({
      count: there(count.offset),
      total: there(total.offset),
      max: there(max.offset),
      min: there(min.offset),
      maxAt: there(maxAtS.offset),
    });
  }

  function there(offset: number): number | undefined {
    return offset < size ? offset : undefined;
  }
});

kernelTest(
  "a program in C gets the same bytes of a stopped process",
  [...needs, compiler],
  async () => {
    await using client = await openTaskstats();
    const child = spawn("/bin/sh", ["-c", "kill -STOP $$"], { stdio: "ignore" });
    const { pid = 0 } = child;
    try {
      while (!/^State:\tT/mu.test(readFileSync(`/proc/${pid}/status`, "latin1"))) {
        await new Promise((go) => setTimeout(go, 5));
      }
      const hex = await run(compileC(READ_BYTES, "taskstats-bytes"), [String(pid)]);
      const theirs = decodeTaskStats(Buffer.from(hex, "hex"));
      // It goes on getting older while it is stopped.
      const { elapsedNs, groupElapsedNs, ...ours } = await client.query(pid);
      expect(theirs).toMatchObject(ours);
      expect(elapsedNs).toBeGreaterThanOrEqual(theirs.elapsedNs);
      if (groupElapsedNs !== undefined) {
        expect(groupElapsedNs).toBeGreaterThanOrEqual(theirs.groupElapsedNs ?? 0n);
      }
    } finally {
      child.kill("SIGKILL");
    }
  },
);

/** Asks for one task with nothing but sockets, and prints the bytes of its struct taskstats. */
const READ_BYTES = `
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static unsigned char b[8192];
static int ask(int s, int type, int cmd, int version, int attr, void *value, int len)
{
	struct nlmsghdr *h = (void *)b;
	struct genlmsghdr *g = (void *)(b + 16);
	struct nlattr *a = (void *)(b + 20);
	memset(b, 0, sizeof(b));
	h->nlmsg_len = 24 + len;
	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST;
	g->cmd = cmd;
	g->version = version;
	a->nla_len = 4 + len;
	a->nla_type = attr;
	memcpy(b + 24, value, len);
	send(s, b, NLMSG_ALIGN(h->nlmsg_len), 0);
	return recv(s, b, sizeof(b), 0);
}
int main(int argc, char **argv)
{
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC), family = 0, n, i;
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	unsigned pid = atoi(argv[1]);
	connect(s, (void *)&to, sizeof(to));
	n = ask(s, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, CTRL_ATTR_FAMILY_NAME, "TASKSTATS", 10);
	for (i = 20; i < n; i += NLA_ALIGN(*(unsigned short *)(b + i)))
		if (*(unsigned short *)(b + i + 2) == CTRL_ATTR_FAMILY_ID)
			family = *(unsigned short *)(b + i + 4);
	n = ask(s, family, TASKSTATS_CMD_GET, 1, TASKSTATS_CMD_ATTR_PID, &pid, 4);
	/* header 16, genl 4, nest 4, pid 8, header of the struct 4 */
	for (i = 36; i < n; i++)
		printf("%02x", b[i]);
	printf("\\n");
	return n < 36;
}
`;
