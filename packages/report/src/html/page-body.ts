/** The page before its script runs. Says what is wrong where that does not. */
export const PAGE_BODY: string = `<header id="top">
<div class="heading">
<h1 id="title">Task watchers</h1>
<p id="subtitle"></p>
</div>
<div class="tools">
<button id="help-button" type="button" aria-haspopup="dialog" title="Keys (?)">Keys</button>
<button id="theme" type="button" title="Light or dark"></button>
</div>
</header>
<p id="status" role="status">Reading the trace…</p>
<noscript><p>This report is drawn by a script, which is in the file itself and asks for nothing from outside.</p></noscript>
<div id="app" hidden>
<dl id="figures"></dl>
<div id="notes-line" role="note"></div>
<nav id="tabs" role="tablist" aria-label="Parts of the report"></nav>
<form id="filters" role="search">
<label class="search"><span>Search</span><input id="search" type="search" placeholder="command or argument" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"></label>
<button id="before" type="button" title="Previous match (N)" aria-label="Previous match">‹</button>
<button id="after" type="button" title="Next match (n)" aria-label="Next match">›</button>
<label><span>Result</span><select id="result"></select></label>
<label><span>Lasted</span><select id="slow"></select></label>
<label><span>User</span><select id="user"></select></label>
<label><span>Cgroup</span><select id="cgroup"></select></label>
<label class="check"><input id="only" type="checkbox"><span>Hide others</span></label>
<button id="clear" type="button">Clear</button>
<output id="found" for="search result slow user cgroup"></output>
</form>
<div id="content">
<main id="panels"></main>
<aside id="details" aria-label="The chosen task" hidden></aside>
</div>
</div>
<dialog id="help"></dialog>
<p id="spoken" class="spoken" aria-live="polite"></p>`;
