/** From bit 0 on, as ausearch writes them: include/uapi/linux/capability.h without `CAP_`, in lower case. */
const NAMES =
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service " +
  "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin " +
  "sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override " +
  "mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore";

let names: readonly string[] | undefined;

/** Name of a capability by its number, such as `"net_admin"`; undefined when it has none. */
export function capabilityName(number: number): string | undefined {
  names ??= NAMES.split(" ");
  return names[number];
}

/** The capabilities of a set, comma-separated; `"none"` when it is empty. A bit without a name is its number. */
export function capabilityNames(set: bigint): string {
  const found: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (((set >> BigInt(bit)) & 1n) === 1n) found.push(capabilityName(bit) ?? String(bit));
  }
  return found.join(",") || "none";
}
