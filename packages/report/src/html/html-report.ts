import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createDeflateRaw } from "node:zlib";
import type { TraceModel } from "../model/trace-model.ts";
import { packMeta, packTask, Texts } from "./pack.ts";
import { type PageAssets, pageAssets } from "./page-assets.ts";
import { PAGE_BODY } from "./page-body.ts";

/** Progress of a large page, and its script and style from elsewhere than the built package. */
export interface HtmlReportOptions {
  /** Called while the tasks are written. */
  readonly onProgress?: (progress: { readonly tasks: number; readonly of: number }) => void;
  /** Script and style of the page (default: those that the package was built with). */
  readonly assets?: PageAssets;
}

/**
 * The report as one HTML file, in pieces: it needs nothing else, opens offline, and is forbidden the network by its own
 * policy. The trace is in it, compressed; every text of it is put into the page as text only.
 *
 * @throws the error of open(2) when the package was not built and no assets are given
 */
export async function* htmlReport(
  model: TraceModel,
  options: HtmlReportOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { script, style } = options.assets ?? pageAssets();
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>task-watchers report</title>
<style>${style}</style>
</head>
<body>
${PAGE_BODY}
<script type="application/octet-stream" id="data">`;
  yield* deflatedBase64(json(model, options));
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Tasks that are put into one piece. */
const PIECE = 500;

function* json(model: TraceModel, { onProgress }: HtmlReportOptions): Generator<string> {
  const texts = new Texts();
  const { tasks, notes, losses } = model;
  yield `{"meta":${JSON.stringify(packMeta(model))},"notes":${JSON.stringify(notes)},"losses":${JSON.stringify(losses)},"tasks":[`;
  for (let i = 0; i < tasks.length; i += PIECE) {
    const piece = tasks.slice(i, i + PIECE).map((task) => JSON.stringify(packTask(task, texts)));
    yield (i === 0 ? "" : ",") + piece.join(",");
    onProgress?.({ tasks: i + piece.length, of: tasks.length });
  }
  yield '],"texts":[';
  for (let i = 0; i < texts.all.length; i += PIECE) {
    const piece = texts.all.slice(i, i + PIECE).map((text) => JSON.stringify(text));
    yield (i === 0 ? "" : ",") + piece.join(",");
  }
  yield "]}";
}

/** Text compressed, in characters that mean nothing to HTML. */
async function* deflatedBase64(pieces: Iterable<string>): AsyncGenerator<string> {
  const deflate = createDeflateRaw();
  const written = pipeline(Readable.from(pieces), deflate);
  // It fails where the reading below does, which tells.
  written.catch(() => {});
  /** Three bytes are four characters: what is left of a piece waits for the next. */
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of deflate) {
    const bytes = Buffer.concat([left, chunk as Buffer]);
    const whole = bytes.length - (bytes.length % 3);
    yield bytes.toString("base64", 0, whole);
    left = bytes.subarray(whole);
  }
  yield left.toString("base64");
}
