/** What other programs may be called, or be given: each would do something where it is not put in as text. */
export const HOSTILE_WORDS: readonly string[] = [
  "<script>window.hacked=1</script>",
  "<img src=x onerror=window.hacked=1>",
  "</script><script>window.hacked=1</script>",
  `"onmouseover="window.hacked=1`,
  "'`${window.hacked=1}`",
  "<!--",
  "line\nbreak\u2028and\u2029more",
  "\u001b[31mred\u001b[0m\u0007",
  "right\u202eto left",
  "\u200bzero\ufeff",
  "byte \udcff alone",
  "__proto__",
  "constructor",
  "%s&amp;\0",
];
