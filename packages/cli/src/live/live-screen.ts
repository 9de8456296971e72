import type { WriteStream } from "node:tty";
import { monotonicNs } from "@task-watchers/linux/clock";
import { userNames } from "../arguments.ts";
import { FullScreen } from "../report/full-screen.ts";
import { styleFor } from "../report/style.ts";
import { printable } from "../report/terminal-text.ts";
import { standardError } from "../standard-error.ts";
import { Keys } from "./keyboard-keys.ts";
import type { LiveTasks } from "./live-tasks.ts";
import { LookRound } from "./look-round.ts";
import { firstShown, pictureLines, type PictureParts, roomFor } from "./picture.ts";
import { type Row, rowsOf } from "./rows.ts";
import { RateMeter, type Snapshot, snapshotOf } from "./snapshot.ts";
import { keyboard } from "./terminal.ts";
import { afterKey, FIRST_VIEW, type Key, type ViewState } from "./view-state.ts";

/** Between two pictures, milliseconds; more when a picture takes long, so that drawing has a tenth of a CPU at most. */
const FRAME_MS = 250;
const PART_OF_CPU = 10;
/** From a key to the picture. */
const KEY_MS = 20;
/** A stopped job is shown again so long after it goes on. */
const RESUME_MS = 100;
/** Things said to the user meanwhile that are kept for the end. */
const SAID_KEPT = 1000;

export interface LiveScreenOptions {
  readonly title: string;
  /** What ends it, as the help has it: `"q quit"`. */
  readonly ends: string;
  /** The latest lines of output, fit for a terminal; absent where there are none to show. */
  readonly output?: () => readonly string[];
  /** Called before each picture. */
  readonly beforePicture?: () => void;
  /** The user wants no screen any more. */
  readonly onQuit: () => void;
}

/** The screen that follows the tasks. Terminal and keyboard are given back at `close()`, and when the process ends. */
export class LiveScreen {
  readonly #output: WriteStream;
  readonly #tasks: LiveTasks;
  readonly #options: LiveScreenOptions;
  readonly #beginNs = monotonicNs();
  readonly #meter = new RateMeter(this.#beginNs);
  readonly #looks: LookRound;
  readonly #keys: Keys | undefined;
  readonly #user: (euid: number) => string;
  readonly #said: string[] = [];
  readonly #undivert: () => void;
  #screen: FullScreen | undefined;
  #unsaid = 0;
  #note = "";
  #state: ViewState = FIRST_VIEW;
  #frozen: Snapshot | undefined;
  #rows: readonly Row[] = [];
  #shown: readonly Row[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(output: WriteStream, tasks: LiveTasks, options: LiveScreenOptions) {
    this.#output = output;
    this.#tasks = tasks;
    this.#options = options;
    const names = userNames();
    this.#user = (euid) => printable(names.get(euid) ?? String(euid));
    this.#looks = new LookRound(tasks.living, () => this.#shown.map(({ task }) => task));
    const input = keyboard();
    this.#keys = input && new Keys(input, (key) => this.#onKey(key));
    this.#undivert = standardError.divert((text) => this.#say(text));
    this.#screen = new FullScreen(output);
    output.on("resize", this.#onResize);
    output.on("error", options.onQuit);
    process.on("SIGCONT", this.#resume);
    process.once("exit", this.#onExit);
    this.#draw();
  }

  /** Something to say beside the tasks: the latest is on the screen, all of it comes when the screen has gone. */
  note(text: string): void {
    this.#say(`${text}\n`);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    process.off("exit", this.#onExit);
    process.off("SIGCONT", this.#resume);
    this.#output.off("resize", this.#onResize);
    clearTimeout(this.#timer);
    this.#looks.close();
    this.#keys?.end();
    this.#screen?.close();
    this.#undivert();
    for (const text of this.#said) standardError.write(text);
    if (this.#unsaid > 0) standardError.write(`… and ${this.#unsaid} messages more\n`);
  }

  #say(text: string): void {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    this.#note = lines.at(-1)?.replace(SGR, "") ?? this.#note;
    if (this.#said.length < SAID_KEPT) this.#said.push(text);
    else this.#unsaid++;
  }

  #draw(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed || this.#screen === undefined) return;
    const began = performance.now();
    const size = { columns: this.#screen.columns, rows: this.#screen.rows };
    const snapshot = this.#snapshot();
    const rows = rowsOf(snapshot, this.#state);
    const parts = this.#parts();
    this.#screen.draw(pictureLines(snapshot, rows, this.#state, parts, size));
    const room = roomFor(this.#state, size, parts);
    const first = firstShown(rows, this.#state.chosen, room);
    this.#shown = rows.slice(first, first + room);
    this.#rows = rows;
    const tookMs = performance.now() - began;
    this.#drawIn(Math.max(FRAME_MS, tookMs * PART_OF_CPU));
  }

  #drawIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#draw(), ms);
  }

  #snapshot(): Snapshot {
    if (this.#state.isFrozen && this.#frozen) return this.#frozen;
    this.#options.beforePicture?.();
    const nowNs = monotonicNs();
    const snapshot = snapshotOf(this.#tasks, nowNs, this.#meter.read(this.#tasks, nowNs));
    this.#frozen = snapshot;
    return snapshot;
  }

  #parts(): PictureParts {
    const { title, ends, output } = this.#options;
    return {
      style: styleFor(this.#output, process.env),
      title,
      beginNs: this.#beginNs,
      user: this.#user,
      output: output?.(),
      note: this.#note,
      ends,
    };
  }

  #onKey(key: Key): void {
    if (key.ctrl) {
      // The keyboard is ours, so the terminal sends no signals: the whole foreground group gets them, as from it.
      if (key.name === "c") process.kill(0, "SIGINT");
      else if (key.name === "\\" || key.sequence === "\u001c") process.kill(0, "SIGQUIT");
      else if (key.name === "z") this.#suspend();
    }
    if (key.name === "q" && !this.#state.isTyping) {
      this.#options.onQuit();
      return;
    }
    const ids = this.#rows.map(({ task }) => task.id);
    this.#state = afterKey(this.#state, key, ids, Math.max(1, this.#shown.length - 1));
    this.#drawIn(KEY_MS);
  }

  #suspend(): void {
    this.#keys?.close();
    this.#screen?.close();
    this.#screen = undefined;
    process.kill(0, "SIGTSTP");
    // Time stands still while we do. A group without a shell is not stopped, and never told to go on.
    setTimeout(this.#resume, RESUME_MS);
  }

  readonly #resume = (): void => {
    if (this.#isClosed) return;
    this.#keys?.open();
    this.#screen ??= new FullScreen(this.#output);
    this.#draw();
  };

  readonly #onResize = (): void => this.#drawIn(KEY_MS);

  readonly #onExit = (): void => this.close();
}

/** Colours of our own messages: a note on the screen has its own. */
// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[\d*m/gu;
