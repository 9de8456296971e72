/** Linux system calls, descriptors and memory for Node.js. Importing loads no native code; the first call does. @module */
export { type ClockOffsets, clockOffsets, monotonicNs } from "./clock.ts";
export { DatagramBatch, type DatagramBatchOptions } from "./datagram-batch.ts";
export { FileDescriptor } from "./file-descriptor.ts";
export { pidfdExit, type PidfdExit, pidfdOpen } from "./pidfd.ts";
export { Readiness } from "./readiness.ts";
export {
  bindSocket,
  getSocketOption,
  openSocket,
  sendDatagram,
  setSocketOption,
  socketName,
} from "./socket.ts";
export { SyscallError } from "./syscall-error.ts";
export { threadName, touchThreadName } from "./thread-name.ts";
export { decodeText, encodeText } from "./text.ts";
