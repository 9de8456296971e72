import { createHash } from "node:crypto";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import { embeddedJson, flamegraphData } from "./flamegraph-data.ts";
import { flamegraphLibrary } from "./flamegraph-library.ts";
import { FLAMEGRAPH_SCRIPT } from "./flamegraph-script.ts";
import { FLAMEGRAPH_STYLE } from "./flamegraph-style.ts";

/** How a flame graph is made. */
export interface FlamegraphOptions {
  /** Heading of the page (default `CPU profile`). */
  readonly title?: string;
}

/**
 * A flame graph as one HTML file that needs nothing else, opens offline, and is forbidden the network by its own policy.
 * It can be searched, zoomed, and narrowed to a command or a task; with a mouse or with the keyboard.
 */
export function toFlamegraphHtml(profile: CpuProfile, options: FlamegraphOptions = {}): string {
  const { title = "CPU profile" } = options;
  const scripts = [flamegraphLibrary(), FLAMEGRAPH_SCRIPT];
  const hashes = scripts.map(
    (script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>CPU profile</title>
<style>${FLAMEGRAPH_STYLE}</style>
</head>
<body>
<header>
<h1 id="title"></h1>
<p id="figures"></p>
<div class="controls">
<label>Show <select id="part"></select></label>
<label>Search <input id="search" type="search" placeholder="function or file" autocomplete="off" spellcheck="false"></label>
<button id="reset" type="button">Reset zoom</button>
<output id="found" for="search"></output>
</div>
</header>
<main>
<div id="chart" role="tree" aria-label="Flame graph"></div>
<p id="empty" hidden>No samples were taken.</p>
</main>
<aside id="details" aria-live="polite"></aside>
<footer>
<ul id="legend" aria-label="Colours"></ul>
<section id="missing" hidden><h2>What is missing</h2><ul id="notes"></ul></section>
<p class="hint">Width is CPU time; a frame's callees are below it. Click or Enter zooms, Escape resets; arrow keys move along the frames.</p>
</footer>
<script type="application/json" id="data">${embeddedJson(flamegraphData(profile, title))}</script>
<script>${scripts[0]}</script>
<script>${scripts[1]}</script>
</body>
</html>
`;
}
