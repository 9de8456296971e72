/** What tasks can be sorted by, with the key for it. */
export const SORTS = { cpu: "c", wait: "w", io: "i", age: "a", execs: "x" } as const;

export type Sort = keyof typeof SORTS;

/** What the user has chosen to see. */
export interface ViewState {
  readonly sort: Sort;
  /** The smallest first. */
  readonly isReversed: boolean;
  /** Children below their parents; else a list of all. */
  readonly isTree: boolean;
  /** Tasks that ended longer ago are shown too. */
  readonly showsEnded: boolean;
  /** Text that is searched for; empty for none. */
  readonly filter: string;
  /** The filter is being typed. */
  readonly isTyping: boolean;
  /** Ids of tasks whose children are hidden. */
  readonly folded: ReadonlySet<string>;
  /** Id of the chosen task. */
  readonly chosen: string | undefined;
  /** The chosen task is shown by itself. */
  readonly isInspecting: boolean;
  readonly isFrozen: boolean;
}

export const FIRST_VIEW: ViewState = {
  sort: "cpu",
  isReversed: false,
  isTree: true,
  showsEnded: false,
  filter: "",
  isTyping: false,
  folded: new Set(),
  chosen: undefined,
  isInspecting: false,
  isFrozen: false,
};

/** A key, as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

/** Characters that a filter may have. */
const FILTER_CHARACTERS = 60;

/**
 * What a key makes of a view.
 *
 * @param shown ids of the rows as they stand on the screen
 * @param page rows that have room
 */
export function afterKey(
  state: ViewState,
  key: Key,
  shown: readonly string[],
  page: number,
): ViewState {
  if (state.isTyping) return typed(state, key);
  const move = steps(key, page);
  if (move !== undefined) return moved(state, shown, move);
  const sort = (Object.keys(SORTS) as Sort[]).find((name) => SORTS[name] === key.sequence);
  if (sort !== undefined) {
    return { ...state, sort, isReversed: sort === state.sort ? !state.isReversed : false };
  }
  switch (key.name ?? key.sequence) {
    case "return":
    case "enter":
      return { ...state, isInspecting: !state.isInspecting && state.chosen !== undefined };
    case "escape":
      return state.isInspecting ? { ...state, isInspecting: false } : { ...state, filter: "" };
    case "space":
      return folded(state);
    case "t":
      return { ...state, isTree: !state.isTree };
    case "e":
      return { ...state, showsEnded: !state.showsEnded };
    case "f":
      return { ...state, isFrozen: !state.isFrozen };
    case "/":
      return { ...state, isTyping: true, isInspecting: false };
    default:
      return state;
  }
}

function typed(state: ViewState, { name, sequence = "", ctrl, meta }: Key): ViewState {
  const { filter } = state;
  if (name === "return" || name === "enter") return { ...state, isTyping: false };
  if (name === "escape") return { ...state, isTyping: false, filter: "" };
  if (name === "backspace") return { ...state, filter: [...filter].slice(0, -1).join("") };
  if (ctrl && name === "u") return { ...state, filter: "" };
  const isText = !ctrl && !meta && /^[^\p{C}]+$/u.test(sequence);
  return isText ? { ...state, filter: (filter + sequence).slice(0, FILTER_CHARACTERS) } : state;
}

function steps({ name, sequence }: Key, page: number): number | undefined {
  switch (name ?? sequence) {
    case "up":
    case "k":
      return -1;
    case "down":
    case "j":
      return 1;
    case "pageup":
      return -page;
    case "pagedown":
      return page;
    case "home":
      return -Infinity;
    case "end":
      return Infinity;
    default:
      return undefined;
  }
}

function moved(state: ViewState, shown: readonly string[], by: number): ViewState {
  const at = state.chosen === undefined ? -1 : shown.indexOf(state.chosen);
  // The first step down chooses the first.
  const to = Math.min(Math.max(at + by, 0), shown.length - 1);
  return { ...state, chosen: shown[to] };
}

function folded(state: ViewState): ViewState {
  if (state.chosen === undefined) return state;
  const ids = new Set(state.folded);
  if (!ids.delete(state.chosen)) ids.add(state.chosen);
  return { ...state, folded: ids };
}
