/** Functions of the kernel that programs may call: enum bpf_func_id, include/uapi/linux/bpf.h. */

/** () → CLOCK_MONOTONIC, ns. */
export const BPF_FUNC_ktime_get_ns = 5;
/** () → the running task: its tgid in the upper 32 bits, its pid in the lower, of the host's first pid namespace. */
export const BPF_FUNC_get_current_pid_tgid = 14;
/** () → the CPU's number. */
export const BPF_FUNC_get_smp_processor_id = 8;
/** (map, key) → its value, or 0. */
export const BPF_FUNC_map_lookup_elem = 1;
/** () → id of the running task's control group in the unified hierarchy. */
export const BPF_FUNC_get_current_cgroup_id = 80;
/** (to, size, from) → 0, or a negative error and zeros. Since Linux 5.5. */
export const BPF_FUNC_probe_read_user = 112;
/** (to, size, from) → 0, or a negative error and zeros. Since Linux 5.5. */
export const BPF_FUNC_probe_read_kernel = 113;
/** (to, size, from) → bytes with the NUL, or a negative error. Since Linux 5.5. */
export const BPF_FUNC_probe_read_kernel_str = 115;
/** (ring, data, size, flags) → 0, or a negative error when it is full. Since Linux 5.8. */
export const BPF_FUNC_ringbuf_output = 130;
/** (ring, what) → BPF_RB_AVAIL_DATA: bytes not yet read. Since Linux 5.8. */
export const BPF_FUNC_ringbuf_query = 134;
