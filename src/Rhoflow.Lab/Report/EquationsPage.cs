using System.Globalization;
using System.Text;
using Rhoflow.Lab.Typesetting;

namespace Rhoflow.Lab.Report;

/// <summary>The page of the papers' equations: as printed, as they must read, how far each form misses, what rests on them.</summary>
internal static class EquationsPage
{
    /// <summary>The page's file without its extension.</summary>
    public const string File = "equations";

    /// <summary>Where an equation stands.</summary>
    public static string LinkTo(ReportEquation equation) => $"{File}.html#{equation.Id}";

    /// <summary>The whole page.</summary>
    public static string Write(PageParts page)
    {
        var equations = page.Content.Equations;
        var html = new StringBuilder();
        html.Append("<header><h1>The equations of the papers</h1>\n<p class=\"lead\">Every numbered equation as it is printed and, where "
            + "the print is wrong, as it must read; formulas without a number (in the text, in footnotes, lemmas and captions) stand by "
            + "the equation before them, with a letter. A <em>residual</em> is the largest difference from what an independent "
            + "computation, mostly differences of the loss, gives on a random instance, relative to the largest number there: about 1e-9 "
            + "where a form is right. Of an inequality it is how far that is broken, of an approximation how far the "
            + "order of its error misses the stated one.</p>\n</header>\n");
        Counts(html, equations);
        Filters(html, equations);
        foreach (var paper in equations.GroupBy(static e => e.Paper))
        {
            html.Append($"<section class=\"equations\"><h2 id=\"{paper.Key.Key}\">{Html.Escape(paper.Key.Name)}</h2>\n");
            foreach (var equation in paper) Entry(html, page, equation);
            html.Append("</section>\n");
        }
        html.Append("<p class=\"none\" hidden>No equation fits this filter.</p>\n");
        return page.Frame("The equations of the papers – Rhoflow", File, html.ToString());
    }

    private static void Counts(StringBuilder html, IReadOnlyList<ReportEquation> equations)
    {
        html.Append("<div class=\"scroll\"><table class=\"counts\">\n<thead><tr><th>Paper</th><th class=\"number\">Numbered</th>"
            + "<th class=\"number\" title=\"lines without a number\">Lines</th>")
            .Append(string.Concat(EquationStandings.All.Select(static s => $"<th class=\"number\">{Capital(s.Words())}</th>")))
            .Append("</tr></thead>\n<tbody>\n");
        foreach (var paper in equations.GroupBy(static e => e.Paper))
            Row($"<a href=\"#{paper.Key.Key}\">{Html.Escape(paper.Key.Name)}</a> <small>{Html.Escape(paper.Key.Short)}</small>",
                [.. paper]);
        html.Append("</tbody>\n<tfoot>");
        Row("All", equations);
        html.Append("</tfoot></table></div>\n");

        void Row(string name, IReadOnlyList<ReportEquation> of) => html.Append($"<tr><th scope=\"row\">{name}</th>")
            .Append(string.Concat(((int[])
            [
                of.Count(static e => !e.IsLine), of.Count(static e => e.IsLine),
                .. EquationStandings.All.Select(s => of.Count(e => e.Standing == s)),
            ]).Select(static n => $"<td class=\"number\">{n}</td>"))).Append("</tr>\n");
    }

    private static void Filters(StringBuilder html, IReadOnlyList<ReportEquation> equations)
    {
        static string Button(string filter, string value, string words) => $"<button type=\"button\" data-filter=\"{filter}\" "
            + $"data-value=\"{value}\" aria-pressed=\"false\">{words}</button>";
        html.Append("<div class=\"filters\" hidden role=\"group\" aria-label=\"Show only\"><span>")
            .Append(string.Concat(equations.Select(static e => e.Paper).Distinct()
                .Select(p => Button("paper", p.Key, Html.Escape(p.Name)))))
            .Append("</span><span>")
            .Append(string.Concat(EquationStandings.All.Where(s => equations.Any(e => e.Standing == s))
                .Select(static s => Button("standing", $"{s}", Capital(s.Words())))))
            .Append("</span><span>")
            .Append(string.Concat(equations.Select(static e => e.Kind).Distinct().Order(StringComparer.Ordinal)
                .Select(static k => Button("kind", Html.Escape(k), Html.Escape(k)))))
            .Append("</span><input type=\"search\" placeholder=\"22, Theory III 22, 26–28, margin\" "
                + "aria-label=\"Search the equations\"></div>\n");
    }

    private static void Entry(StringBuilder html, PageParts page, ReportEquation equation)
    {
        string[] words = [equation.Id, equation.Paper.Name, equation.Tex, PlainTex.Of(equation.Tex), equation.Corrected ?? "",
            PlainTex.Of(equation.Corrected ?? ""), equation.Says];
        html.Append($"<article class=\"equation\" id=\"{equation.Id}\" data-paper=\"{equation.Paper.Key}\" "
            + $"data-standing=\"{equation.Standing}\" data-kind=\"{Html.Escape(equation.Kind)}\" data-number=\"{Digits(equation.Number)}\" "
            + $"data-words=\"{Html.Escape(string.Join(' ', words))}\">\n<h3><a href=\"#{equation.Id}\">"
            + $"{Html.Escape(equation.Citation)}</a> <small>{Html.Escape(equation.Paper.Name)}, {Html.Escape(Place(equation.Section))} · "
            + $"{Html.Escape(equation.Kind)}{(equation.Kind == equation.Standing.Words() ? "" : " · " + equation.Standing.Words())}"
            + "</small></h3>\n")
            .Append($"<p class=\"says\">{Html.Text(equation.Says)}</p>\n");
        if (equation.Corrected is { } corrected)
        {
            html.Append(Form("Printed", "fails", "✗", equation.Tex, equation.PrintedResidual))
                .Append(Form("Corrected", "holds", "✓", corrected, equation.CorrectedResidual));
            if (equation.Why is { } why) html.Append($"<p class=\"why\">{Html.Text(why)}</p>\n");
        }
        else
        {
            html.Append(Form("", "", "", equation.Tex, equation.CorrectedResidual ?? equation.PrintedResidual));
        }
        if (equation.Note is { } note) html.Append($"<p class=\"why note\">{Html.Text(note)}</p>\n");
        if (equation.WhyNotTried is { } untried) html.Append($"<p class=\"see\">No residual: {Html.Text(untried)}.</p>\n");
        if (equation.Types.Count > 0)
        {
            html.Append("<p class=\"see\">In the library: ").AppendJoin(", ", equation.Types.Select(static t =>
                $"<code{(t.File is { } file ? $" title=\"{Html.Escape(file)}\"" : "")}>{Html.Escape(t.Name)}</code>")).Append("</p>\n");
        }
        if (equation.Claims.Count > 0)
            html.Append("<p class=\"see\">Claims that rest on it: ").AppendJoin(", ", equation.Claims.Select(page.ClaimLink))
                .Append("</p>\n");
        html.Append("</article>\n");
    }

    private static string Form(string name, string style, string symbol, string tex, double? residual)
    {
        var label = name.Length == 0 ? "" : $"<span class=\"form {style}\"><span class=\"symbol\">{symbol}</span> {name}</span>";
        var misses = residual is { } r
            ? $"<small class=\"residual\">residual {Number(r)}</small>" : "";
        var equations = string.Join(' ', FormulaParts.Of(tex)
            .Select(static parts => $"<span>{string.Join(' ', parts.Select(FormulaMarks.Display))}</span>"));
        return $"<div class=\"display\">{label}<div class=\"scroll\">{equations}</div>{misses}</div>\n";
    }

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    private static string Number(double residual) => double.IsInfinity(residual) ? "none: it has no value"
        : residual == 0 ? "0" : residual.ToString(residual is >= 0.01 and < 1000 ? "0.##" : "0.#e-0", CultureInfo.InvariantCulture);

    private static string Place(string section) => char.IsAsciiDigit(section[0]) ? $"§{section}" : $"Appendix {section}";

    private static string Digits(string number) => number.TrimEnd([.. Enumerable.Range('a', 26).Select(static c => (char)c)]);
}
