import { expect, test } from "vitest";
import { encodeProcRequest } from "./cn-proc.ts";

test("encodeProcRequest() asks to listen to everything in 40 bytes", () => {
  expect([...encodeProcRequest(1, 0x01020304)]).toEqual([
    ...[40, 0, 0, 0], // nlmsg_len
    ...[3, 0, 0, 0], // nlmsg_type: NLMSG_DONE; no flags
    ...[0, 0, 0, 0], // nlmsg_seq
    ...[0, 0, 0, 0], // nlmsg_pid
    ...[1, 0, 0, 0], // cb_id.idx: CN_IDX_PROC
    ...[1, 0, 0, 0], // cb_id.val: CN_VAL_PROC
    ...[0, 0, 0, 0], // cn_msg.seq
    ...[4, 3, 2, 1], // cn_msg.ack
    ...[4, 0, 0, 0], // cn_msg.len, flags
    ...[1, 0, 0, 0], // PROC_CN_MCAST_LISTEN
  ]);
});

test("encodeProcRequest() appends the event mask, in 44 bytes", () => {
  const bytes = encodeProcRequest(1, 0, 0x80000047);
  expect(bytes).toHaveLength(44);
  expect([...bytes.subarray(32)]).toEqual([8, 0, 0, 0, 1, 0, 0, 0, 0x47, 0, 0, 0x80]);
});
