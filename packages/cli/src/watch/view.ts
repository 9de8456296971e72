import type { ProcEvent } from "@task-watchers/proc-events";

/** What a watch looks like while it goes on. */
export interface View {
  event(event: ProcEvent): void;
  /** Resolves when there is room for more. */
  ready(): Promise<void> | undefined;
  /** Events left out, as nobody read what was shown in time. */
  readonly dropped?: number;
  /** Something to say beside the events. */
  note(text: string): void;
  /** Puts the terminal back. */
  close(): void;
}
