/// How a report looks: light and dark, narrow screens, print.
enum ReportStyle {
  /// Colours that the colour-blind can tell apart (Okabe and Ito 2008), darker on white and lighter on black, so that
  /// each has a contrast of 3 or more with its ground.
  static let light = """
    --ground: #fff; --ink: #1a1a1a; --soft: #595959; --rule: #d0d0d0; --code: #f5f5f2; --raised: #f8f8f6;
    --s0: #0072b2; --s1: #b04a00; --s2: #00795a; --s3: #9a4a7a; --s4: #2c6f9e; --s5: #7a6000; --s6: #444;
    --s7: #a3262a;
    """
  static let dark = """
    --ground: #14161a; --ink: #e8e8e8; --soft: #b0b0b0; --rule: #3c4048; --code: #1d2026; --raised: #1b1e23;
    --s0: #56b4e9; --s1: #f0a35e; --s2: #3ecf9f; --s3: #e39ac5; --s4: #9ac8ef; --s5: #f0e442; --s6: #bbb;
    --s7: #ff8a8a;
    """

  /// The style sheet of a report.
  static let sheet = HTML(stringLiteral: variables + rules)

  private static let variables = """
    :root { color-scheme: light dark; \(light) }
    @media (prefers-color-scheme: dark) { :root { \(dark) } }

    """

  private static let rules = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
    header, main { max-width: 1200px; margin: 0 auto; padding: 1rem; }
    h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
    h2 { border-bottom: 1px solid var(--rule); font-size: 1.25rem; }
    h3 { font-size: 1rem; margin: .5rem 0; }
    p { overflow-wrap: anywhere; }
    nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
    a { color: var(--s0); }
    a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--s0); }
    .wide { overflow-x: auto; margin: .75rem 0; }
    table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
    th, td { padding: .25rem .75rem .25rem 0; text-align: left; border-bottom: 1px solid var(--rule); }
    th, td { white-space: nowrap; }
    td.n, th.n { text-align: right; }
    .command { white-space: pre-wrap; overflow-wrap: anywhere; }
    .caption { color: var(--soft); font-size: .875rem; margin: .25rem 0; }
    pre { background: var(--code); padding: .75rem; overflow-x: auto; font-size: .8125rem; }
    summary { cursor: pointer; padding: .25rem 0; overflow-wrap: anywhere; }
    .lua b { color: var(--s0); font-weight: 600; }
    .lua s { color: var(--s2); text-decoration: none; }
    .lua u { color: var(--s1); text-decoration: none; }
    .lua i { color: var(--soft); }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem; }
    figure { margin: 0; }
    svg { width: 100%; height: auto; max-width: 760px; display: block; }
    figcaption { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .875rem; align-items: center; }
    .name { white-space: nowrap; }
    .key { display: inline-block; width: .75rem; height: .75rem; background: var(--c); }
    .tick { font-size: 13px; fill: var(--soft); }
    .grid { stroke: var(--rule); }
    .s0 { --c: var(--s0); }
    .s1 { --c: var(--s1); }
    .s2 { --c: var(--s2); }
    .s3 { --c: var(--s3); }
    .s4 { --c: var(--s4); }
    .s5 { --c: var(--s5); }
    .s6 { --c: var(--s6); }
    .s7 { --c: var(--s7); }
    .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
    .faint { opacity: .3; stroke-width: 1; }
    .dashed { stroke-dasharray: 6 3; }
    .band { fill: var(--c); opacity: .18; }
    .dot, .fill { fill: var(--c); }
    .sample { fill: var(--c); opacity: .4; }
    .mean { fill: none; pointer-events: all; stroke: var(--c); stroke-width: 1.5; }
    .mark { fill: var(--soft); }
    .frame { fill: none; stroke: var(--rule); }
    @media (max-width: 600px) {
      .tick { font-size: 20px; }
    }
    @media print {
      nav { display: none; }
      details { display: block; }
      section { break-inside: avoid-page; }
    }
    """
}
