/// What the live view looks like beyond a report: its bar, its list, its forms.
enum ViewStyle {
  static let sheet = """

    :root[data-theme=light] { color-scheme: light; \(ReportStyle.light) }
    :root[data-theme=dark] { color-scheme: dark; \(ReportStyle.dark) }
    .hidden {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
    }
    [hidden] { display: none !important; }
    .skip { position: absolute; left: -999px; }
    .skip:focus { left: .5rem; top: .5rem; z-index: 9; background: var(--ground); padding: .5rem; }
    :focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; border-radius: 2px; }
    main:focus-visible { outline: none; }
    main { max-width: 1600px; padding: 1rem 1.5rem 5rem; }
    header.bar {
      position: sticky; top: 0; z-index: 5; max-width: none; display: flex; flex-wrap: wrap; align-items: center;
      gap: .25rem 1.25rem; padding: .5rem 1.5rem; background: var(--raised); border-bottom: 1px solid var(--rule);
    }
    .brand { font-weight: 700; color: var(--ink); text-decoration: none; letter-spacing: .01em; }
    .bar nav { gap: .25rem 1rem; }
    .bar nav a { color: var(--ink); text-decoration: none; padding: .25rem 0; border-bottom: 2px solid transparent; }
    .bar nav a:hover, .bar nav a[aria-current] { border-color: var(--s0); }
    #connection:empty { display: none; }
    #theme { margin-left: auto; }
    #connection { color: var(--s1); font-size: .875rem; }
    .title { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin-bottom: .5rem; }
    .title h1 { margin: .25rem 0; }
    .actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-left: auto; }
    .title > .button { margin-left: auto; }
    button, .button {
      font: inherit; font-size: .875rem; line-height: 1.4; padding: .3rem .8rem; border: 1px solid var(--rule);
      border-radius: 6px; background: var(--raised); color: var(--ink); text-decoration: none; cursor: pointer;
    }
    button:hover, .button:hover { border-color: var(--s0); }
    button:disabled { opacity: .6; cursor: default; }
    button.primary, .selection button:first-of-type {
      background: var(--s0); border-color: var(--s0); color: var(--ground);
    }
    button.stop { border-color: var(--s7); color: var(--s7); }
    #theme { padding: .2rem .55rem; }
    input:not([type=checkbox]):not([type=range]), select {
      font: inherit; font-size: .9375rem; padding: .3rem .5rem; min-width: 0; color: var(--ink);
      background: var(--ground); border: 1px solid var(--soft); border-radius: 6px;
    }
    input[type=checkbox] {
      width: 1.05rem; height: 1.05rem; accent-color: var(--s0); margin: 0; vertical-align: -2px;
    }
    input::placeholder { color: var(--soft); opacity: 1; }
    .filter { display: flex; gap: .5rem; align-items: center; }
    .filter input { flex: 1 1 20rem; max-width: 44rem; }
    kbd, code { background: var(--code); border-radius: 3px; padding: 0 .25rem; font-size: .875em; }
    .problem { color: var(--s7); white-space: pre-wrap; }
    pre.problem { border-left: 3px solid var(--s7); }
    .notice { border: 1px solid var(--rule); border-radius: 8px; padding: .5rem 1rem .75rem; margin: .5rem 0; }
    .notice code { overflow-wrap: anywhere; }
    .notice pre { max-height: 22rem; overflow: auto; overflow-wrap: anywhere; padding-left: .75rem; }
    .notice .actions { margin-left: 0; }
    .empty { padding: 3rem 0; text-align: center; color: var(--soft); }
    table.list { width: 100%; }
    table.list th a { color: inherit; text-decoration: none; white-space: nowrap; }
    table.list th a:hover { text-decoration: underline; }
    table.list thead th { color: var(--soft); font-weight: 600; }
    th[aria-sort=ascending] a::after { content: " ↑"; }
    th[aria-sort=descending] a::after { content: " ↓"; }
    table.list td { vertical-align: top; }
    table.list tbody tr:hover { background: var(--raised); }
    table.list tr:has(+ tr.again) td { border-bottom-color: transparent; }
    td.box { width: 1.75rem; }
    .given {
      display: block; color: var(--soft); font-size: .8125rem; white-space: normal; max-width: 30rem;
      overflow-wrap: anywhere;
    }
    .meter { display: inline-grid; gap: 2px; min-width: 4.5rem; }
    .meter svg { height: 4px; width: 100%; background: var(--code); grid-row: 2; }
    .state {
      font-size: .8125rem; padding: .05rem .5rem; border-radius: 999px; border: 1px solid currentColor;
      white-space: nowrap;
    }
    .state.done { color: var(--s2); }
    .state.running, .state.starting { color: var(--s0); }
    .state.failed { color: var(--s7); }
    .state.unfinished { color: var(--s1); }
    .state.running::before { content: "● "; animation: pulse 1.6s infinite; }
    @keyframes pulse {
      50% { opacity: .25; }
    }
    @media (prefers-reduced-motion: reduce) {
      .state.running::before { animation: none; }
    }
    .selection {
      position: fixed; bottom: 0; left: 0; right: 0; display: flex; gap: .75rem; align-items: center;
      justify-content: center; padding: .6rem; background: var(--raised); border-top: 1px solid var(--rule);
      z-index: 4;
    }
    .pager { align-items: center; margin: .75rem 0; font-size: .9375rem; }
    nav.sections {
      position: sticky; top: 2.9rem; z-index: 3; background: var(--ground); padding: .4rem 0; font-size: .9375rem;
      border-bottom: 1px solid var(--rule);
    }
    section { scroll-margin-top: 5.5rem; }
    h2[id] { scroll-margin-top: 6rem; }
    section > h2 { border: 0; margin: 1.5rem 0 .5rem; }
    .charts { grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
    .charts .tick { font-size: 16px; }
    .charts > div {
      border: 1px solid var(--rule); border-radius: 8px; padding: .5rem .75rem .75rem; background: var(--raised);
    }
    .charts h3 { display: flex; gap: .75rem; justify-content: space-between; overflow-wrap: anywhere; }
    a.values { font-weight: 400; font-size: .8125rem; }
    svg[data-x] { cursor: crosshair; touch-action: pan-y; }
    line.cursor { stroke: var(--soft); stroke-dasharray: 2 2; }
    circle.cursor { stroke: var(--ground); stroke-width: 1.5; }
    #tip {
      position: fixed; z-index: 9; pointer-events: none; visibility: hidden; background: var(--ground);
      color: var(--ink); border: 1px solid var(--rule); border-radius: 6px; padding: .35rem .6rem;
      font-size: .8125rem; box-shadow: 0 2px 10px rgb(0 0 0 / .2); max-width: min(26rem, 92vw);
    }
    #tip.shown { visibility: visible; }
    #tip strong { font-variant-numeric: tabular-nums; }
    .drawing {
      display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; font-size: .875rem;
      margin-bottom: .5rem;
    }
    .drawing label { display: flex; gap: .5rem; align-items: center; }
    .drawing.enhanced button { display: none; }
    input[type=range] { accent-color: var(--s0); }
    pre.output { max-height: 22rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
    form.bench { max-width: 60rem; }
    fieldset {
      border: 1px solid var(--rule); border-radius: 8px; margin: 0 0 1rem; padding: .5rem 1rem 1rem; min-width: 0;
    }
    legend { font-weight: 600; padding: 0 .35rem; }
    fieldset fieldset { border: 0; padding: 0; margin: .75rem 0 0; }
    fieldset fieldset legend { padding: 0; font-size: .9375rem; }
    .fields {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); gap: .6rem 1rem;
    }
    .field { display: grid; gap: .15rem; font-size: .875rem; color: var(--soft); align-content: start; }
    .boxes { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; }
    .boxes legend { float: left; width: 100%; margin-bottom: .35rem; }
    .box { font-size: .9375rem; white-space: nowrap; }
    label.field + label.field { margin: 0; }
    fieldset > label.field { margin-top: .75rem; }
    table.plugins td { white-space: normal; vertical-align: top; }
    table.narrow { min-width: 16rem; }
    @media (max-width: 760px) {
      main { padding: .75rem .75rem 5rem; }
      header.bar { padding: .5rem .75rem; gap: .25rem .75rem; }
      .bar nav { gap: .25rem .65rem; }
      nav.sections { position: static; }
      .actions { margin-left: 0; }
      table.list thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
      table.list, table.list tbody { display: block; }
      table.list tr {
        display: grid; grid-template-columns: 1fr 1fr; gap: .1rem .75rem; padding: .5rem 0 .6rem 2rem;
        position: relative; border-bottom: 1px solid var(--rule);
      }
      table.list td {
        display: block; border: 0; padding: 0; white-space: normal; text-align: left; overflow-wrap: anywhere;
      }
      table.list td:empty { display: none; }
      table.list td.box { position: absolute; left: 0; top: .6rem; }
      table.list td[data-label=Run] { grid-column: 1 / -1; }
      table.list td:not(.box):not([data-label=Run])::before {
        content: attr(data-label) ": "; color: var(--soft); font-size: .75rem;
      }
      table.list tr:has(+ tr.again) { border-bottom: 0; }
      table.list tr.again { padding-top: 0; }
    }
    """
}
