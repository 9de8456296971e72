/** One step of an operation on a set. */
export interface SemaphoreStep {
  /** Index in the set, from 0. */
  readonly semaphore: number;
  /**
   * What to add to the value: positive gives units and never waits; negative takes them and waits until there are enough;
   * 0 waits until the value is 0. From -32767 to 32767.
   */
  readonly change: number;
}

/** How an operation that never waits is made. */
export interface UndoOption {
  /**
   * The kernel takes the steps back when this process ends, however it ends (SEM_UNDO). One list counts for all threads of
   * the process; it survives execve and is not inherited by fork.
   */
  readonly undo?: boolean;
}

/** How an operation waits. */
export interface OperateOptions extends UndoOption {
  /** Milliseconds from 0 to 2147483647; then `ETIMEDOUT`. Absent: for ever. */
  readonly timeoutMs?: number;
  /** Gives up, within 50 ms. The promise is then rejected with an `AbortError`, whose cause is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Whether the wait keeps this process alive. (Default: true) */
  readonly ref?: boolean;
}

/** Units that are held until they are given back, once. */
export interface Hold {
  /** Index in the set, from 0. */
  readonly semaphore: number;
  /** Units held. */
  readonly units: number;
  /** Whether they were given back, or went with their set. */
  readonly released: boolean;
  /**
   * Gives the units back; never waits.
   *
   * @throws SemaphoreError `EALREADY` when they were given back before; `EIDRM` when the set was removed, and the units with
   *   it; `ERANGE` when the value would pass 32767: the units are then still held
   */
  release(): void;
  /** As `release()`, but content when nothing is left to give back. */
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One semaphore as the kernel sees it; read value by value, so that another process may come between. */
export interface SemaphoreInfo {
  readonly value: number;
  /** Process of the last operation, SETVAL or undo, in our pid namespace; 0 when there was none or it is out of sight. */
  readonly lastPid: number;
  /** Threads of the host that wait for the value to rise. */
  readonly waiting: number;
  /** Threads of the host that wait for the value to be 0. */
  readonly waitingForZero: number;
}

/** A set as IPC_STAT tells it. */
export interface SemaphoreStat {
  /** 0 for a private set; otherwise from 1 to 0xffffffff. */
  readonly key: number;
  readonly uid: number;
  readonly gid: number;
  /** Who made it. */
  readonly creatorUid: number;
  readonly creatorGid: number;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  /** Semaphores in the set. */
  readonly count: number;
  /** Seconds since 1970 of the last operation; 0 when there was none. */
  readonly operatedAt: number;
  /** Seconds since 1970 of creation, or the last change of owner, mode or a value by SETVAL or SETALL. */
  readonly changedAt: number;
}

/** Which set to open, and what to do when there is none. */
export interface SemaphoresOptions {
  /** From 1 to 0xffffffff, agreed among the programs that share the set. Give either this or `private`. */
  readonly key?: number;
  /** A new set that no key names. It outlives this process unless it is removed. */
  readonly private?: true;
  /** Semaphores in the set, from 1. Absent: as many as the existing set has. Needed to make one. */
  readonly count?: number;
  /** Make the set if there is none. (Default: true for a private set, otherwise false) */
  readonly create?: boolean;
  /** With `create`: refuse with `EEXIST` when there is one already. (Default: false) */
  readonly exclusive?: boolean;
  /** Permission bits of a set that is made; the owner must be able to read and alter it. (Default: 0o600) */
  readonly mode?: number;
  /**
   * Values of a set that is made, one for all or one each, 0 to 32767. A set gets them with its first operation, so that
   * whoever has asked to make the set and found it made sees that it has them (sem_otime is not 0), and waits for it.
   * (Default: 0)
   */
  readonly initial?: number | readonly number[];
  /**
   * With `create`: milliseconds to wait for the initial values of a set that another has made; then `ETIMEDOUT`. A program
   * that sets values with SETVAL and never operates does not tell that it has: open its set without `create`. (Default: 1000)
   */
  readonly initialTimeoutMs?: number;
}

/**
 * A set of System V semaphores, shared with any program of the host that knows its key or id. Closing lets go of it; only
 * `remove()` ends it.
 */
export interface SemaphoreSet {
  /** The kernel's id, in our IPC namespace. */
  readonly id: number;
  /** Semaphores in the set. */
  readonly count: number;
  /** Whether this call made the set. */
  readonly created: boolean;
  /** Operations of this object that wait at the moment. */
  readonly waiting: number;

  /**
   * Makes all steps at once, or waits until all can be made. The waiters of this process on one set are served strictly in
   * the order they came, whichever object they came by: one that could proceed does not overtake one that cannot, or it could be overtaken for ever. Only the first
   * waits in the kernel, in a thread; other processes know of that one alone. An operation that was made at the very
   * moment of an abort is taken back; if it cannot be, because another process has used what it gave, it stands and the
   * promise is resolved. One that was made at the very moment of a timeout stands.
   *
   * @param options `undo` is false unless given
   * @throws SemaphoreError, see there; AbortError
   */
  operate(steps: readonly SemaphoreStep[], options?: OperateOptions): Promise<void>;
  /**
   * Makes all steps at once if it can be done without waiting. Does not mind who waits in this process.
   *
   * @param options `undo` is false unless given
   * @returns false when it would have to wait; nothing was changed
   */
  tryOperate(steps: readonly SemaphoreStep[], options?: UndoOption): boolean;
  /** Takes units, waiting for them if need be. @param options `undo` is true unless given */
  acquire(semaphore: number, units?: number, options?: OperateOptions): Promise<Hold>;
  /** Takes units if they are there. @param options `undo` is true unless given */
  tryAcquire(semaphore: number, units?: number, options?: UndoOption): Hold | undefined;

  /** The value of one semaphore. */
  value(semaphore: number): number;
  /** The values of all, read at one instant. */
  values(): number[];
  info(semaphore: number): SemaphoreInfo;
  stat(): SemaphoreStat;
  /**
   * Sets a value. The kernel then forgets what every process of the host would have given back on that semaphore: never
   * repair a value like this while others hold units.
   */
  setValue(semaphore: number, value: number): void;
  /** Changes who owns the set and who may use it. Owner, maker or CAP_SYS_ADMIN. */
  setOwner(owner: { readonly uid?: number; readonly gid?: number; readonly mode?: number }): void;
  /** Removes the set from the host. Whoever waits, here or elsewhere, gets `EIDRM`. Owner, maker or CAP_SYS_ADMIN. */
  remove(): void;

  /**
   * Gives up all waits of this object with `ECANCELED`, and ends the thread if nobody else waits on the set. Holds stay valid,
   * and what need not wait still works. Again: nothing.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
