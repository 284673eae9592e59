/** How the page of an experiment looks: light or dark as its reader has it, also on a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b1f24; --faint: #57606a; --line: #d0d7de; --link: #0757ba;
  --completed: #dafbe1; --completed-ink: #0a5124;
  --failed: #ffe2df; --failed-ink: #90061d;
  --error: #fff1b8; --error-ink: #6b4400;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181c; --ink: #e6e9ee; --faint: #a6aeb8; --line: #3a4049; --link: #79b8ff;
    --completed: #12361f; --completed-ink: #8ff0a4;
    --failed: #4d1519; --failed-ink: #ffb3ad;
    --error: #423300; --error-ink: #f5d76e;
  }
}
body {
  margin: 0 auto; padding: 1rem; max-width: 75rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, h4 { line-height: 1.25; }
a { color: var(--link); }
.note { color: var(--faint); font-size: .875rem; margin: .25rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td {
  border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top;
  overflow-wrap: normal;
}
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.verdict { white-space: nowrap; }
.completed { background: var(--completed); color: var(--completed-ink); }
.failed { background: var(--failed); color: var(--failed-ink); }
.error { background: var(--error); color: var(--error-ink); }
.verdict a { color: inherit; }
span.verdict { padding: 0 .4rem; border-radius: .25rem; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; }
pre {
  margin: .25rem 0; padding: .5rem; border: 1px solid var(--line);
  white-space: pre-wrap; font-size: .8125rem;
}
details { border: 1px solid var(--line); border-radius: .25rem; margin: .5rem 0; }
summary { padding: .5rem; cursor: pointer; }
details > div { padding: 0 .75rem .75rem; }
.timings { list-style: none; padding: 0; }
.timings li { margin: .5rem 0; }
.bar { display: block; width: 100%; height: .875rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; }
.swatch { width: .875rem; height: .875rem; vertical-align: middle; }
.bar rect, .swatch rect { stroke: var(--paper); vector-effect: non-scaling-stroke; }
.created { fill: #999; }
.setting_up { fill: #e69f00; }
.deploying { fill: #56b4e9; }
.ready { fill: #f0e442; }
.executing { fill: #0072b2; }
.validating { fill: #cc79a7; }
.collecting { fill: #009e73; }
.tearing_down { fill: #d55e00; }
`;
