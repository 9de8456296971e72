import type { AnyLine } from "@task-watchers/trace";
import { formatLine } from "@task-watchers/trace";
import { readTraceModel } from "../model/read-trace-model.ts";
import type { TraceModel } from "../model/trace-model.ts";
import { BUILD, HEADER, of, SUMMARY } from "../model/trace-text.fixture.ts";

/** Names that a program can give itself and that some reader takes for more than a name. */
export const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "=cmd|' /C calc'!A0",
  "+1+1",
  "-2+3",
  "@SUM(A1:A9)",
  "\t=1+1",
  "\uff1d1+1",
  "a;=1+1;b",
  "quote\" and '",
  'a";=HYPERLINK("x")',
  "line\nbreak\r\nand more",
  "\u001b]0;title\u0007\u001b[31mred\u001b[0m",
  "\u202egnp.exe\u202c",
  "zero\u200bwidth\ufeff",
  "back\\slash\\",
  String.raw`\" ]; evil [label="x`,
  "pipe | cell | `code` ```",
  "**bold** _it_ [link](http://x) ![i](y) # h",
  "@user #12 https://example.com",
  "&lt;b&gt; &amp; &#60;",
  "title : crit, 0, 1",
  "%%{init: {}}%%",
  "section x; click y",
  "bytes \udc80\udcff",
  "nul \u0000 del \u007f c1 \u009b",
  "separators \u2028 \u2029",
  "",
  " ",
  "日本語 ü 👩‍👩‍👧",
];

/** A trace of lines. */
export async function modelOf(lines: readonly AnyLine[]): Promise<TraceModel> {
  const text = lines.map((line) => formatLine(line)).join("");
  return await readTraceModel(pieces(Buffer.from(text)));
}

// oxlint-disable-next-line require-await
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The usual build. */
export async function buildModel(): Promise<TraceModel> {
  return await modelOf([...BUILD, SUMMARY]);
}

/** A task for each hostile name, which is program, argument, folder, control group, reason and mark. */
export async function hostileModel(names: readonly string[] = HOSTILE): Promise<TraceModel> {
  const root = [
    { ...HEADER, command: [...names] },
    { type: "init", ...of(5, 0) },
    { type: "exec", ...of(5, 1), argv: ["make"], exe: "/bin/make" },
  ];
  const tasks = names.flatMap((name, i): AnyLine[] => {
    const pid = 100 + i;
    return [
      { type: "init", ...of(pid, 10 + i, 5), parent: "5.100" },
      {
        type: "exec",
        ...of(pid, 11 + i, 5),
        exe: `/bin/${name}`,
        argv: [name, name],
        cwd: name,
        cgroup: name,
      },
      { type: "comm", ...of(pid, 12 + i, 5), comm: name },
      { type: "exec-failed", ...of(pid, 13 + i, 5), path: name, argv: [name], code: name },
      {
        type: "samples",
        ...of(pid, 14 + i, 5),
        command: name,
        samples: 3,
        cpuNs: "30000000",
        userNs: "30000000",
        kernelNs: "0",
        functions: [{ name, module: name, samples: 2, selfNs: "20000000" }],
      },
      { type: "exit", ...of(pid, 60 + i, 5), code: i % 2 },
    ];
  });
  const lost = {
    type: "lost",
    timeNs: of(5, 50)["timeNs"],
    sinceNs: of(5, 40)["timeNs"],
    untilNs: of(5, 50)["timeNs"],
    reason: names[0] ?? "",
    count: 7,
  };
  return await modelOf([...root, ...tasks, lost, SUMMARY]);
}

/** All that an export writes. */
export async function written(
  write: (model: TraceModel, write: (text: string) => void) => Promise<void>,
  model: TraceModel,
): Promise<string> {
  let text = "";
  await write(model, (piece) => {
    text += piece;
  });
  return text;
}

/** What no reader should ever be given: controls but line ends, direction marks, what has no width, lone surrogates. */
export const UNSEEN: RegExp =
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u;
