using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>
/// The document of <c>reproduce --json</c>: {"claims": [{id, paper, place, statement, verdict, measured, expected, why, figure, seconds,
/// …}],
/// "figures": [{id, paper, title, svg, config, runs, seconds, …}], "report"}. A claim's <c>figure</c> is an id in <c>figures</c>; a claim's
/// own
/// chart is listed there as <c>claims/ID</c>. What is not there is null.
/// </summary>
public static class ReproductionJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The document for what was asked for and computed (not for older results that the report shows as well).</summary>
    public static string Write(ReproductionResult result, ReportContent content, WrittenReport report)
    {
        var claims = new JsonArray([.. result.Claims.Select(c => Claim(c, content))]);
        var figures = new JsonArray();
        foreach (var (figure, drawn) in result.Figures)
        {
            figures.Add(Figure(figure.Id, figure.Paper, figure.Title, figure, drawn.Seconds, drawn.Error, report));
        }
        foreach (var claim in result.Claims.Where(c => c.Result.Chart is not null))
        {
            figures.Add(Figure(claim.ChartId, claim.Claim.Paper, claim.Claim.Statement, null, claim.Result.Seconds, null, report));
        }
        return new JsonObject { ["claims"] = claims, ["figures"] = figures, ["report"] = report.Index }.ToJsonString(Options);
    }

    private static JsonNode Claim(CheckedClaim checkedClaim, ReportContent content)
    {
        var (claim, result) = checkedClaim;
        return new JsonObject
        {
            ["id"] = claim.Id,
            ["paper"] = claim.Paper.Key,
            ["place"] = claim.Place,
            ["statement"] = claim.Statement,
            ["verdict"] = VerdictStyle.Of(result.Verdict).Name,
            ["identity"] = result.Identity,
            ["hypothesis"] = claim.Hypothesis,
            ["measured"] = new JsonObject(result.Measured.Select(m => KeyValuePair.Create(m.Name, m.Value?.DeepClone()))),
            ["expected"] = claim.Expected,
            ["why"] = result.Why,
            ["figure"] = content.ChartOf(checkedClaim),
            ["seconds"] = Math.Round(result.Seconds, 3),
            ["setup"] = claim.SetUp,
            ["checks"] = JsonSerializer.SerializeToNode(result.Checks, Options),
            ["history"] = new JsonArray([.. claim.History.Select(h => (JsonNode)h)]),
            ["error"] = result.Error,
        };
    }

    private static JsonNode Figure(string id, Paper paper, string title, PaperFigure? figure, double seconds, string? error,
        WrittenReport report) => new JsonObject
        {
            ["id"] = id,
            ["paper"] = paper.Key,
            ["title"] = title,
            ["svg"] = report.Svg.GetValueOrDefault(id),
            ["config"] = figure?.Config,
            ["runs"] = figure is null ? null : new JsonArray([.. (figure.Runs?.Invoke() ?? []).Select(r => (JsonNode)r.Command)]),
            ["seconds"] = Math.Round(seconds, 3),
            ["error"] = error,
        };
}
