/** Characters that mean something in a regular expression and nothing in a pattern. */
const SPECIAL = /[.+^${}()|\\]/gu;

/**
 * A shell's pattern as a regular expression for a whole path: `*` and `?` stand for characters other than a slash, `**` for any
 * characters, `[abc]`, `[a-z]`, `[!a]` for one of these; a backslash takes a character's meaning away.
 *
 * @throws SyntaxError when it cannot be one, such as `[z-a]`
 */
export function globExpression(pattern: string): RegExp {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i);
    const set = character === "[" ? /^\[(!?)(\]?[^\]]*)\]/u.exec(pattern.slice(i)) : null;
    if (set !== null) {
      const [all, not = "", members = ""] = set;
      source += `(?!/)[${not === "" ? "" : "^"}${members.replaceAll(/[\\\][^]/gu, String.raw`\$&`)}]`;
      i += all.length - 1;
    } else if (pattern.startsWith("**", i)) {
      source += ".*";
      i += 1;
    } else if (character === "\\" && i + 1 < pattern.length) {
      i += 1;
      source += escaped(pattern.charAt(i));
    } else {
      source += character === "*" ? "[^/]*" : character === "?" ? "[^/]" : escaped(character);
    }
  }
  // Any character at all: names may hold newlines, and halves of surrogate pairs for bytes that are no UTF-8.
  return new RegExp(`^${source}$`, "s");
}

function escaped(character: string): string {
  return character.replace(SPECIAL, String.raw`\$&`).replace(/[[\]*?]/u, String.raw`\$&`);
}
