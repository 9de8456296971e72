import type { ProcEvent } from "@task-watchers/proc-events";
import { monotonicNs } from "@task-watchers/linux/clock";
import { userNames } from "../arguments.ts";
import { describeEnd, formatDuration, grouped } from "../report/format.ts";
import { FullScreen, type Screen } from "../report/full-screen.ts";
import type { Style } from "../report/style.ts";
import { hasFailed } from "../report/task-tree.ts";
import { fit, printable } from "../report/terminal-text.ts";
import { type Row, Rows } from "./rows.ts";
import type { Tally } from "./tally.ts";
import type { View } from "./view.ts";

/** Time between two pictures, milliseconds. */
const FRAME_MS = 200;
const HEADING = "    PID    PPID  USER              TIME  END       COMMAND";

/** The tasks of late, drawn anew a few times a second however many events there are. */
export class Table implements View {
  readonly #screen: FullScreen;
  readonly #style: Style;
  readonly #tally: Tally;
  readonly #title: string;
  readonly #alive: () => number | undefined;
  readonly #rows = new Rows();
  readonly #users = userNames();
  readonly #beginNs = monotonicNs();
  readonly #timer: NodeJS.Timeout;
  #rate = { events: 0, atNs: this.#beginNs, perSecond: 0 };
  #note = "";

  /** @param alive live tasks that are watched, where that is known */
  constructor(
    screen: Screen,
    style: Style,
    tally: Tally,
    title: string,
    alive: () => number | undefined,
  ) {
    this.#alive = alive;
    this.#screen = new FullScreen(screen);
    this.#style = style;
    this.#tally = tally;
    this.#title = title;
    this.#timer = setInterval(() => this.draw(), FRAME_MS);
    this.draw();
  }

  event(event: ProcEvent): void {
    this.#rows.take(event);
  }

  ready(): undefined {
    return undefined;
  }

  note(text: string): void {
    this.#note = printable(text);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#screen.close();
  }

  /** Draws what there is now. */
  draw(): void {
    this.#screen.draw(this.#lines(this.#screen.rows, this.#screen.columns));
  }

  #lines(height: number, columns: number): string[] {
    const now = monotonicNs();
    const style = this.#style;
    const room = height - 3 - (this.#note === "" ? 0 : 1);
    const ended = this.#rows.ended(room);
    const running = this.#rows.running(Math.max(Math.ceil(room / 2), room - ended.length));
    const line = (row: Row): string => this.#line(row, now, columns);
    return [
      style.bold(fit(this.#head(now), columns)),
      style.dim(fit(HEADING, columns)),
      ...running.map(line),
      ...ended.slice(0, room - running.length).map(line),
      ...(this.#note === "" ? [] : [style.red(fit(this.#note, columns))]),
      style.dim(fit("Ctrl-C ends the watch and prints the summary", columns)),
    ];
  }

  #head(now: bigint): string {
    const tally = this.#tally;
    const sinceNs = now - this.#rate.atNs;
    if (sinceNs >= 1_000_000_000n) {
      const perSecond = ((tally.events - this.#rate.events) * 1e9) / Number(sinceNs);
      this.#rate = { events: tally.events, atNs: now, perSecond };
    }
    const lost = [...tally.lost.values()].reduce((sum, n) => sum + n, 0);
    const alive = this.#alive();
    const unknown = tally.uncounted > 0 ? " and more" : "";
    return [
      this.#title,
      formatDuration(now - this.#beginNs),
      `${grouped(tally.events)} events`,
      `${grouped(Math.round(this.#rate.perSecond))}/s`,
      ...(alive === undefined ? [] : [`${grouped(alive)} alive`]),
      `${grouped(tally.failed)} failed`,
      `lost ${grouped(lost)}${unknown}`,
    ].join("  ");
  }

  #line({ pid, ppid, euid, startNs, command, end }: Row, now: bigint, columns: number): string {
    const user = euid === undefined ? "" : printable(this.#users.get(euid) ?? String(euid));
    const age = end?.durationNs ?? (end?.timeNs ?? now) - startNs;
    const head = [
      String(pid).padStart(7),
      String(ppid).padStart(7),
      ` ${fit(user, 10).padEnd(10)}`,
      formatDuration(age > 0n ? age : 0n).padStart(11),
      ` ${fit(end ? describeEnd(end) : "", 9).padEnd(9)}`,
    ].join(" ");
    const text = fit(`${head}${command}`, columns);
    if (end === undefined) return text;
    return hasFailed(end) ? this.#style.red(text) : this.#style.dim(text);
  }
}
