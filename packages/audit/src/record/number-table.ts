/** A table of names by number: each number is the number of the name that follows it, and names count on from there. */
export function parseNumberTable(text: string): Map<number, string> {
  const table = new Map<number, string>();
  let number = 0;
  for (const word of text.trim().split(/\s+/u)) {
    if (/^\d+$/u.test(word)) number = Number(word);
    else table.set(number++, word);
  }
  return table;
}
