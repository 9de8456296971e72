/** Style of the page. Colours of frames are set by the script, from the same two sets. */
export const FLAMEGRAPH_STYLE: string = `
:root {
  --ground: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d1d9e0; --raised: #f6f8fa; --focus: #0550ae;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #30363d; --raised: #161b22; --focus: #79c0ff; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 0 16px 96px; background: var(--ground); color: var(--text); font: 14px/1.5 system-ui, sans-serif; }
header { position: sticky; top: 0; z-index: 1; padding: 12px 0; background: var(--ground); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 18px; overflow-wrap: anywhere; }
h2 { margin: 16px 0 4px; font-size: 14px; }
#figures { margin: 0 0 8px; color: var(--quiet); }
.controls { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; }
.controls label { display: flex; gap: 6px; align-items: center; color: var(--quiet); }
select, input, button { font: inherit; color: var(--text); background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 3px 8px; }
select { max-width: 45vw; }
input { width: 18em; max-width: 60vw; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
#found { color: var(--quiet); }
#chart { margin: 12px 0; overflow-x: hidden; }
#chart svg { display: block; }
#chart .d3-flame-graph rect { stroke: var(--ground); stroke-width: 1; fill-opacity: 1; }
#chart .d3-flame-graph g { outline: none; cursor: pointer; }
#chart .d3-flame-graph g:hover rect, #chart .d3-flame-graph g:focus rect { stroke: var(--text); stroke-width: 2; paint-order: stroke; }
#chart .d3-flame-graph-label { font: 12px/17px system-ui, sans-serif; color: #1b1f24; unicode-bidi: isolate; }
@media (prefers-color-scheme: dark) { #chart .d3-flame-graph-label { color: #f0f3f6; } }
#chart .d3-flame-graph .fade { opacity: .55 !important; }
#details { position: fixed; inset: auto 0 0 0; min-height: 62px; max-height: 40vh; overflow-y: auto; padding: 8px 16px; background: var(--raised); border-top: 1px solid var(--line); overflow-wrap: anywhere; }
#details b { unicode-bidi: isolate; }
#details span { display: block; color: var(--quiet); }
#legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0; padding: 0; list-style: none; color: var(--quiet); }
#legend i { display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 2px; vertical-align: -1px; }
#notes { margin: 0; padding-left: 20px; }
.hint { color: var(--quiet); }
`;
