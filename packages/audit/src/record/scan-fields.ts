/** Told of each field: its name, `""` for a word without one, and its value as it stands, quotes included. */
export type FieldVisitor = (name: string, raw: string) => void;

const [SPACE, QUOTE, APOSTROPHE] = [" ", `"`, `'`];

/**
 * Walks the `name=value` pairs of a body, in order. A value in double quotes goes to the next quote: the kernel writes one
 * that holds a quote as hex. `msg='…'` is a message of user space, which may hold anything and is the last in its record: it
 * goes to the end. Anything else ends at a space. A word without `=` is a field without a name.
 */
export function scanFields(body: string, visit: FieldVisitor): void {
  let at = 0;
  const { length } = body;
  while (at < length) {
    if (body[at] === SPACE) {
      at++;
      continue;
    }
    let space = body.indexOf(SPACE, at);
    if (space < 0) space = length;
    const equals = body.indexOf("=", at);
    if (equals < 0 || equals > space) {
      visit("", body.slice(at, space));
      at = space;
      continue;
    }
    const from = equals + 1;
    const name = body.slice(at, equals);
    const first = body[from];
    const end = first === QUOTE ? quoteEnd(body, from) : isMessage(name, first) ? length : space;
    visit(name, body.slice(from, end));
    at = end;
  }
}

/** Where a quoted value ends, its quote included. One that was cut off goes to the end. */
function quoteEnd(body: string, from: number): number {
  const close = body.indexOf(QUOTE, from + 1);
  return close < 0 ? body.length : close + 1;
}

function isMessage(name: string, first: string | undefined): boolean {
  return first === APOSTROPHE && name === "msg";
}

/** A message without its apostrophes, and what stands behind the last of them; undefined when it is in none. */
export function messageInside(raw: string): string | undefined {
  if (!raw.startsWith(APOSTROPHE)) return undefined;
  const close = /'[\s\0]*$/u.exec(raw)?.index ?? 0;
  return raw.slice(1, close > 0 ? close : undefined);
}
