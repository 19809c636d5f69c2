namespace CertiPure.Imaging;

/// <summary>The style sheet of the HTML report.</summary>
internal static class HtmlStyle
{
    /// <summary>The whole sheet; its colours of series come from the one place that names them.</summary>
    public static string Css { get; } =
        $":root {{ {Series(style => style.Hex)} }}\n"
        + $"@media (prefers-color-scheme: dark) {{ :root {{ {Series(style => style.DarkHex)} }} }}\n"
        + Rules;

    private const string Rules =
        """
        :root {
          --paper: #ffffff; --ink: #1f2328; --muted: #59636e; --rule: #d8dee4; --soft: #f6f8fa;
          --right: #1a7f37; --wrong: #cf222e; --link: #0a5ea8;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15181c; --ink: #e6e9ec; --muted: #9aa4ae; --rule: #343a41; --soft: #1c2025;
            --right: #3fb950; --wrong: #ff7b72; --link: #79b8f0;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.55 Inter, system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
        }
        main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
        header { border-bottom: 1px solid var(--rule); margin-bottom: 2rem; padding-bottom: 1.25rem; }
        h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.015em; font-weight: 600; }
        h2 { font-size: 1.2rem; line-height: 1.3; margin: 3rem 0 .75rem; letter-spacing: -.01em; font-weight: 600; }
        p { margin: 0 0 1rem; max-width: 44rem; text-wrap: pretty; }
        a { color: var(--link); }
        .lead { color: var(--muted); font-size: 1.05rem; margin: 0; }
        nav ol { columns: 2 18rem; margin: 0 0 2rem; padding-left: 1.25rem; }
        nav a { text-decoration: none; }
        nav a:hover { text-decoration: underline; }
        .figures { display: flex; flex-wrap: wrap; gap: 1rem 2.75rem; margin: 0 0 1.5rem; }
        .figures div { display: flex; flex-direction: column-reverse; }
        .figures dd { margin: 0; font-size: 1.9rem; line-height: 1.15; font-weight: 600; letter-spacing: -.02em;
          font-variant-numeric: tabular-nums; }
        .figures dt { color: var(--muted); font-size: .85rem; }
        .scroll { overflow-x: auto; margin: 0 -1.25rem; padding: 0 1.25rem; }
        .scroll:focus-visible, pre:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; font-weight: 600; padding: 0 0 .5rem; }
        thead th { color: var(--muted); font-weight: 400; border-bottom: 1px solid var(--ink); vertical-align: bottom; }
        th, td { padding: .45rem .95rem .45rem 0; text-align: left; white-space: nowrap; vertical-align: top; }
        th:last-child, td:last-child { padding-right: 0; }
        thead th { white-space: normal; min-width: 3.2rem; max-width: 9rem; line-height: 1.25; }
        tbody th { font-weight: 400; position: sticky; left: 0; background: var(--paper); }
        tbody th, tbody td { border-bottom: 1px solid var(--rule); }
        .number { text-align: right; }
        td .text { white-space: normal; width: max-content; max-width: min(20rem, 60vw); }
        td[colspan] .text { max-width: min(34rem, 60vw); }
        .note + .scroll { margin-top: 1.75rem; }
        .interval { display: block; color: var(--muted); font-size: .72rem; line-height: 1.2; }
        .note { color: var(--muted); font-size: .82rem; margin: .6rem 0 0; }
        figure { margin: 2rem 0; }
        figcaption { font-weight: 600; font-size: .9rem; margin-bottom: .5rem; max-width: 44rem; }
        .plot svg { display: block; width: 100%; height: auto; max-width: 760px; }
        .plot svg.narrow { display: none; }
        .pipeline img { display: block; width: 960px; max-width: none; border-radius: 6px; }
        .numbers { font-size: .82rem; margin: .25rem 0 0; }
        .grid table { font-size: .8rem; }
        .grid th, .grid td { border: 0; padding: .35rem .4rem; text-align: center; vertical-align: middle; }
        .grid tbody th { text-align: left; padding-left: 0; font-weight: 600; position: sticky; left: 0;
          background: var(--paper); z-index: 1; }
        .grid thead th { border: 0; }
        .tile { position: relative; width: 64px; margin: 0 auto; outline-offset: 1px; }
        .tile img { display: block; width: 64px; height: 64px; object-fit: contain; image-rendering: pixelated; background: var(--soft); }
        .tile.right { outline: 3px solid var(--right); }
        .tile.wrong { outline: 3px dashed var(--wrong); }
        .mark { display: inline-block; width: 16px; height: 16px; border-radius: 50%; color: var(--paper); font-size: 11px;
          line-height: 16px; text-align: center; font-weight: 700; box-shadow: 0 0 0 2px var(--paper); }
        .mark.right { background: var(--right); }
        .mark.wrong { background: var(--wrong); }
        .tile .mark { position: absolute; top: -8px; right: -8px; }
        .caption { display: block; color: var(--muted); font-size: .72rem; margin-top: .3rem; max-width: 74px;
          overflow: hidden; text-overflow: ellipsis; }
        .key { color: var(--muted); font-size: .82rem; margin: .6rem 0 0; }
        .key .mark { margin-right: .3rem; }
        .key .mark.wrong { margin-left: 1.2rem; }
        details { border-top: 1px solid var(--rule); padding: .6rem 0; }
        details:last-of-type { border-bottom: 1px solid var(--rule); }
        summary { cursor: pointer; font-size: .9rem; }
        pre { overflow-x: auto; background: var(--soft); padding: 1rem; font-size: .78rem; line-height: 1.45; border-radius: 6px; }
        @media (max-width: 560px) {
          main { padding-top: 1.5rem; }
          h1 { font-size: 1.45rem; }
          tbody th { white-space: normal; min-width: 6.5rem; max-width: 8rem; }
          .plot svg.wide { display: none; }
          .plot svg.narrow { display: block; }
        }
        @media print {
          main { max-width: none; padding: 0; }
          .scroll { overflow: visible; }
          table { font-size: .72rem; }
          figure, table { break-inside: avoid; }
          .numbers { display: none; }
        }
        """;

    private static string Series(Func<SeriesStyle, string> color) =>
        string.Join(' ', ReportColors.AllSeries.Select((style, i) => $"--series-{i}: {color(style)};"));
}
