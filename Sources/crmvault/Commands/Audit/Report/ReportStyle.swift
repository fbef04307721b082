/// The style of a report: light and dark by the reader's setting, and paper.
enum ReportStyle {
  /// The style's text; the page's policy names its hash.
  static let text = #"""
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ink: #17202b; --soft: #55606e; --line: #d5dbe3; --faint: #f4f6f9;
      --accent: #1d4f7c; --bar: #2f6ea5; --bad: #9c2b2b; --bad-soft: #fbeeee; --good: #1f6b47; --good-soft: #edf6f1;
      --serif: Georgia, 'Times New Roman', 'Noto Serif', 'Liberation Serif', serif;
      --sans: system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Arial, sans-serif;
      --mono: ui-monospace, 'SF Mono', Consolas, 'Noto Sans Mono', 'Liberation Mono', monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #11161d; --ink: #e4e9ef; --soft: #9aa6b4; --line: #2c3541; --faint: #19202a;
        --accent: #8cbbe6; --bar: #5b9bd5; --bad: #f09a9a; --bad-soft: #331d1f; --good: #83cfa6; --good-soft: #16291f;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 var(--sans);
      font-variant-numeric: tabular-nums; overflow-wrap: break-word;
    }
    main, header.page, footer.page { max-width: 1120px; margin: 0 auto; padding: 0 32px; }
    header.page { padding-top: 44px; }
    .kicker { color: var(--accent); font-size: 12px; letter-spacing: .14em; text-transform: uppercase; margin: 0 0 6px; }
    h1 { font: 400 34px/1.2 var(--serif); margin: 0 0 4px; }
    .lead { color: var(--soft); margin: 0 0 22px; font-size: 17px; }
    dl.facts { display: grid; grid-template-columns: max-content 1fr max-content 1fr; gap: 6px 18px; margin: 0;
      padding: 16px 0; border: solid var(--line); border-width: 2px 0 1px; font-size: 13.5px; }
    dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }
    nav { padding: 14px 0 0; font-size: 13.5px; } nav a { margin-right: 18px; white-space: nowrap; }
    a { color: var(--accent); text-decoration: none; } a:hover, a:focus-visible { text-decoration: underline; }
    section { padding: 30px 0 4px; }
    h2 { font: 400 23px/1.25 var(--serif); margin: 0 0 14px; padding-bottom: 8px; border-bottom: 1px solid var(--line); }
    h2 .no { color: var(--soft); margin-right: 12px; }
    h3 { font: 600 14px/1.4 var(--sans); margin: 26px 0 10px; }
    p { max-width: 76ch; margin: 0 0 14px; }
    .figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; margin: 4px 0 22px; padding: 0; list-style: none; }
    .figures li { border: 1px solid var(--line); border-top: 3px solid var(--accent); padding: 12px 16px 13px; background: var(--faint); }
    .figures b { display: block; font: 400 29px/1.2 var(--serif); } .figures span { color: var(--soft); font-size: 13px; }
    .figures .good { border-top-color: var(--good); background: var(--good-soft); } .figures .good b { color: var(--good); }
    .figures .bad { border-top-color: var(--bad); background: var(--bad-soft); } .figures .bad b { color: var(--bad); }
    table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
    caption { text-align: left; color: var(--soft); padding: 0 0 8px; font-size: 13px; }
    th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--soft); padding: 6px 12px 6px 0; vertical-align: bottom; }
    td { border-bottom: 1px solid var(--line); padding: 6px 12px 6px 0; vertical-align: top; }
    th.number, td.number { text-align: right; white-space: nowrap; }
    td.bar { width: 26%; padding-top: 9px; } td.bar svg { display: block; width: 100%; height: 12px; }
    .two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 36px; }
    .two td.bar { width: 22%; }
    .soft { color: var(--soft); } .refused, .bad-text { color: var(--bad); } .good-text { color: var(--good); }
    .mono, .fixed { font-family: var(--mono); font-size: 12.5px; } .fixed, .id { white-space: nowrap; }
    .hash { font-family: var(--mono); font-size: 12px; word-break: break-all; }
    pre { font: 12px/1.5 var(--mono); background: var(--faint); border: 1px solid var(--line); padding: 10px 12px; margin: 0 0 12px;
      white-space: pre-wrap; word-break: break-all; }
    .state { display: inline-block; border: 1px solid currentColor; border-radius: 2px; padding: 0 7px; font-size: 12px; white-space: nowrap; }
    figure { margin: 0 0 8px; } figure svg { display: block; width: 100%; height: auto; }
    figcaption { color: var(--soft); font-size: 13px; margin-top: 6px; }
    svg text { fill: var(--soft); font: 11px var(--sans); } svg .value { fill: var(--bar); } svg .denied { fill: var(--bad); }
    svg .grid { stroke: var(--line); stroke-width: 1; } svg .cell { fill: var(--bar); } svg .empty { fill: var(--faint); }
    svg .work { fill: none; stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 4 3; } svg .track { fill: var(--faint); }
    .tools { display: flex; gap: 16px; align-items: baseline; margin-bottom: 10px; flex-wrap: wrap; }
    .tools input { font: inherit; width: 320px; max-width: 100%; padding: 7px 10px; border: 1px solid var(--soft); background: var(--paper); color: var(--ink); }
    #frame { height: 560px; overflow: auto; border: 1px solid var(--line); overflow-anchor: none;
      width: min(1280px, calc(100vw - 48px)); margin-left: 50%; transform: translateX(-50%); }
    #entries-table { table-layout: fixed; min-width: 1240px; font-size: 12.5px; border-collapse: separate; border-spacing: 0; }
    #entries-table td { height: 30px; padding: 0 10px 0 8px; line-height: 29px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    #entries-table thead th { position: sticky; top: 0; background: var(--faint); padding: 0; border-bottom: 1px solid var(--soft); z-index: 1; }
    #entries-table th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 8px; width: 100%; text-align: left; cursor: pointer; }
    #entries-table th.number button { text-align: right; padding-right: 10px; }
    th[aria-sort=ascending] button::after { content: ' \25B2'; } th[aria-sort=descending] button::after { content: ' \25BC'; }
    #entries-table .spacer td { border: 0; padding: 0; } #entries-table tr.flagged td:first-child { box-shadow: inset 3px 0 var(--bad); }
    #entries-table tbody tr:not(.spacer):hover td { background: var(--faint); }
    col.c0 { width: 72px } col.c1 { width: 166px } col.c2 { width: 92px } col.c3 { width: 112px } col.c4 { width: 156px }
    col.c5 { width: 246px } col.c6 { width: 146px } col.c8 { width: 84px } col.c9 { width: 92px }
    :target td { background: var(--faint); }
    footer.page { padding-top: 26px; padding-bottom: 44px; color: var(--soft); font-size: 12.5px; }
    [hidden] { display: none; }
    @media (max-width: 760px) {
      main, header.page, footer.page { padding: 0 16px; } header.page { padding-top: 26px; } h1 { font-size: 27px; }
      dl.facts { grid-template-columns: max-content 1fr; } .figures { grid-template-columns: 1fr 1fr; } .two { display: block; }
      section table { display: block; overflow-x: auto; } #entries-table { display: table; } .bar { min-width: 70px; }
    }
    @media print {
      :root {
        --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --faint: #f5f5f5;
        --accent: #1d4f7c; --bar: #2f6ea5; --bad: #8f1f1f; --bad-soft: #ffffff; --good: #1f6b47; --good-soft: #ffffff;
        color-scheme: light;
      }
      @page { size: A4; margin: 17mm 15mm 18mm; }
      body { font-size: 9.5pt; } main, header.page, footer.page { max-width: none; padding: 0; }
      h1 { font-size: 22pt; } h2 { font-size: 14.5pt; break-after: avoid; } h3 { break-after: avoid; }
      nav, .tools input, .tools label { display: none; } a { color: inherit; }
      section { padding-top: 16pt; } table { font-size: 8pt; } .hash, .mono, .fixed, pre { font-size: 7pt; } .figures b { font-size: 17pt; } .figures, figure, .facts { break-inside: avoid; }
      thead { display: table-header-group; } tr { break-inside: avoid; }
      svg, .figures li, pre, #entries-table thead th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      #frame { height: auto; overflow: visible; border: 0; width: auto; margin: 0; transform: none; } #entries-table { min-width: 0; font-size: 6.2pt; table-layout: auto; }
      #entries-table td { height: auto; line-height: 1.35; padding: 2pt 4pt 2pt 0; white-space: normal; } #entries-table .fixed { font-size: 5.4pt; }
      #entries-table thead th { position: static; } #entries-table th button { padding: 2pt 4pt 2pt 0; } col { width: auto; }
    }
    """#
}
