/// The look of a page: light and dark as the reader has it, black on white on paper, nothing from elsewhere.
package enum PageStyle {
  /// Nothing is loaded, nothing is run; styles are the page's own.
  package static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

  /// The style sheet.
  package static let sheet = """
    :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d5dae0;--page:#fff;--card:#f5f7f9;
    --before:#9aa7b4;--after:#1f6feb;--bad:#b42318}
    @media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#a3adb8;--line:#3a424b;--page:#14181c;--card:#1d2329;
    --before:#6b7785;--after:#6cb0ff;--bad:#ff8a7a}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:54rem;padding:2rem 1.25rem 4rem;background:var(--page);color:var(--ink);
    font:16px/1.55 system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif}
    h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}
    h2{font-size:1.25rem;margin:2.4rem 0 .5rem;padding-top:.8rem;border-top:1px solid var(--line)}
    h3{font-size:1rem;margin:1.4rem 0 .3rem}
    p,li{max-width:44rem;overflow-wrap:break-word}.soft,figcaption{color:var(--soft)}
    dl.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;margin:1.2rem 0}
    dl.cards div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
    dl.cards dt{color:var(--soft);font-size:.85rem}dl.cards dd{margin:0;overflow-wrap:anywhere;font-size:1.3rem;font-variant-numeric:tabular-nums}
    table{border-collapse:collapse;width:100%;margin:.7rem 0;font-size:.93rem}
    th,td{padding:.32rem .55rem;border-bottom:1px solid var(--line);text-align:right;font-variant-numeric:tabular-nums}
    th[scope=row],thead th:first-child{text-align:left;font-weight:500}thead th{color:var(--soft);font-weight:600}
    .wide{overflow-x:auto}figure{margin:1rem 0}svg{width:100%;height:auto;display:block}
    svg text{fill:var(--soft);font-size:12px}svg .axis{stroke:var(--line)}
    rect.before,circle.before{fill:var(--before)}rect.after,circle.after{fill:var(--after)}
    polyline{fill:none;stroke-width:2}polyline.before{stroke:var(--before)}polyline.after{stroke:var(--after)}
    .key{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin:0 .3em 0 .8em;vertical-align:-.05em}
    .key.before{background:var(--before)}.key.after{background:var(--after)}
    @media print{:root{--ink:#000;--soft:#333;--line:#999;--page:#fff;--card:#fff;--before:#aaa;--after:#333}
    body{max-width:none;padding:0;font-size:10.5pt}h2{break-after:avoid}figure,table,dl.cards{break-inside:avoid}
    .key,rect,circle{print-color-adjust:exact;-webkit-print-color-adjust:exact}@page{margin:18mm}}
    """
}
