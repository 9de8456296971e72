/**
 * The words of a command line, as a shell would part them: by white space, but not inside of quotes or behind a backslash.
 * Nothing else is special.
 *
 * @throws SyntaxError when a quote is not closed
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const end = closing(text, at);
      const inside = text.slice(at + 1, end);
      word = (word ?? "") + (character === '"' ? inside.replaceAll(/\\(["\\])/gu, "$1") : inside);
      at = end;
    } else if (character === "\\" && at + 1 < text.length) {
      word = (word ?? "") + text.charAt(++at);
    } else if (/[ \t\n\r]/u.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** A word that `splitWords` gives back; quoted only where it must be. */
export function quoteWord(word: string): string {
  return /^[^ \t\n\r'"\\]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function closing(text: string, open: number): number {
  const quote = text.charAt(open);
  for (let at = open + 1; at < text.length; at++) {
    if (quote === '"' && text.charAt(at) === "\\") at++;
    else if (text.charAt(at) === quote) return at;
  }
  throw new SyntaxError(`Cannot parse rule: the quote ${text.slice(open)} is not closed`);
}
