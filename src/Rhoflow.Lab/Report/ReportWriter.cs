using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Typesetting;

namespace Rhoflow.Lab.Report;

/// <summary>What was written.</summary>
/// <param name="Index">The front page.</param>
/// <param name="Svg">SVG file by chart id.</param>
/// <param name="Notes">What could not be done (no Node, a picture that failed) and what to do about it.</param>
public sealed record WrittenReport(string Index, IReadOnlyDictionary<string, string> Svg, IReadOnlyList<string> Notes);

/// <summary>
/// Writes the report: <c>index.html</c>, one page per paper, <c>equations.html</c>, <c>figures/ID.svg</c> with its
/// specification <c>figures/ID.vl.json</c>, <c>CLAIMS.md</c>, and <c>assets/</c>. It works from the file
/// system without a server: data stand in the pages, scripts are plain files beside them.
/// </summary>
public static class ReportWriter
{
    /// <summary>For specifications inside pages: readable, and with no character that could end a script element.</summary>
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the report into <paramref name="folder"/>.</summary>
    /// <param name="folder">The report's folder.</param>
    /// <param name="content">What it shows.</param>
    /// <param name="renderer">Draws the SVGs; null = those that are there from before are shown.</param>
    /// <param name="whyNoRenderer">What to do to get pictures, shown where they are missing.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static WrittenReport Write(
        string folder, ReportContent content, SvgRenderer? renderer, string whyNoRenderer = "", CancellationToken cancellation = default)
    {
        var notes = new List<string>();
        var jobs = new List<SvgJob>();
        foreach (var (id, chart) in content.Charts)
        {
            WriteIfChanged(Path.Combine(folder, "figures", id + ".vl.json"), chart.Whole.ToJsonString(Json));
            jobs.Add(new SvgJob(chart.Whole, SvgFile(folder, id)));
        }
        if (renderer is null) notes.Add($"no pictures are drawn, and formulas stand as plain text: {whyNoRenderer}");
        else
        {
            foreach (var (file, error) in renderer.Draw(jobs, cancellation))
                notes.Add($"{Path.GetFileName(file)} could not be drawn: {error}");
        }
        foreach (var script in VegaBundle.Files) WriteIfChanged(Path.Combine(folder, "assets", script), VegaBundle.Read(script));
        WriteIfChanged(Path.Combine(folder, "assets", "report.css"), Asset("report.css"));
        WriteIfChanged(Path.Combine(folder, "assets", "report.js"), Asset("report.js"));

        var svg = content.Charts.Select(c => c.Id).Where(id => File.Exists(SvgFile(folder, id)))
            .ToDictionary(id => id, id => SvgFile(folder, id), StringComparer.Ordinal);
        var page = new PageParts(content, svg.Keys.ToHashSet(StringComparer.Ordinal), notes);
        var pages = Pages(page);
        IReadOnlyDictionary<Formula, string> set = new Dictionary<Formula, string>();
        if (renderer is not null)
        {
            (set, var refused) = renderer.Typeset([.. pages.SelectMany(static p => FormulaMarks.In(p.Html))], cancellation);
            notes.AddRange(refused.Select(static r => $"the formula {r.Key.Tex} could not be set: {r.Value}"));
            if (refused.Count > 0) pages = Pages(page);
        }
        foreach (var (name, html) in pages) Write(Path.Combine(folder, name + ".html"), FormulaMarks.Set(html, set));
        Write(Path.Combine(folder, "CLAIMS.md"), ClaimsDocument.Write(content));
        return new WrittenReport(Path.GetFullPath(Path.Combine(folder, "index.html")), svg, notes);
    }

    // The front page is written last: where it stands, the others do.
    private static List<(string Name, string Html)> Pages(PageParts page) =>
    [
        .. page.Content.PapersShown.Select(p => (p.Key, PaperPage.Write(page, p))),
        .. page.Content.Equations.Count > 0 ? [(EquationsPage.File, EquationsPage.Write(page))] : ((string, string)[])[],
        ("index", FrontPage.Write(page)),
    ];

    /// <summary>The panels of a chart as JSON for a script element.</summary>
    internal static string PanelsJson(StoredChart chart) => new JsonArray([.. chart.Panels.Select(p => p.DeepClone())]).ToJsonString(Json);

    private static string SvgFile(string folder, string id) => Path.GetFullPath(Path.Combine(folder, "figures", id + ".svg"));

    private static void WriteIfChanged(string path, string text)
    {
        if (!File.Exists(path) || !string.Equals(File.ReadAllText(path), text, StringComparison.Ordinal)) Write(path, text);
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, text);
    }

    private static string Asset(string name)
    {
        using var stream = typeof(ReportWriter).Assembly.GetManifestResourceStream($"Rhoflow.Lab.Report.Assets.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
