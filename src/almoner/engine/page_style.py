"""The look of a statement's page: one style sheet, no font, no picture, nothing from elsewhere."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #545c66; --paper: #ffffff; --line: #c9ced6;
  --shade: #f3f5f7; --mark: #7a3b00; --marked: #fff4e5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --quiet: #aeb6c0; --paper: #15181c;
  --line: #434a54; --shade: #1f242a; --mark: #ffc983; --marked: #33260f; } }
* { box-sizing: border-box; }
html { font: 1rem/1.55 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei",
  sans-serif; }
body { margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.1rem; }
header { padding-top: 2rem; }
footer { padding-bottom: 3rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .2rem 0 .6rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.6rem 0 .3rem; padding-top: 1rem;
  border-top: 2px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
p { margin: .4rem 0; max-width: 44rem; }
.quiet, small { color: var(--quiet); font-size: .9rem; }
.first { border: 1px solid var(--mark); background: var(--marked); color: var(--mark); padding: .6rem .9rem;
  font-weight: 600; max-width: none; }
.marking { display: inline-block; border: 1px solid var(--ink); padding: 0 .5rem; font-weight: 600;
  text-transform: uppercase; letter-spacing: .06em; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
caption { text-align: start; color: var(--quiet); font-size: .9rem; padding-bottom: .3rem; }
th, td { text-align: start; vertical-align: top; padding: .45rem .5rem .45rem 0;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
thead th { color: var(--quiet); font-size: .85rem; font-weight: 600; }
td.number, th.number { text-align: end; padding-inline-end: 0; font-variant-numeric: tabular-nums; }
td.number { width: 40%; overflow-wrap: break-word; }
td.number strong { font-size: 1.1rem; white-space: nowrap; }
td small, th small { display: block; font-weight: 400; }
td small { text-wrap: balance; }
code, .digest { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: .85em; }
code { background: var(--shade); padding: 0 .2rem; }
.digest { overflow-wrap: anywhere; }
ul { padding-inline-start: 1.2rem; margin: .4rem 0; max-width: 44rem; }
nav ul { list-style: none; padding: 0; }
nav.languages { float: inline-end; }
.first + nav.languages { margin-top: .2rem; }
small a { color: inherit; }
.rows .digest { display: block; }
a { color: inherit; }
a:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
@media (max-width: 34rem) { h1 { font-size: 1.5rem; } }
@media print { :root { --ink: #000; --quiet: #333; --paper: #fff; --line: #999; --shade: #fff; --mark: #000;
  --marked: #fff; } html { font-size: 10pt; } nav { display: none; } h2, h3 { break-after: avoid; }
  tr, .first { break-inside: avoid; } main, header, footer { max-width: none; padding: 0; } }
"""
