using System.Text.Json.Nodes;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Report;

/// <summary>A chart as it is stored: the whole for the SVG, the panels for the page.</summary>
/// <param name="Whole">Vega-Lite specification of the whole chart.</param>
/// <param name="Panels">Vega-Lite specifications of its panels, without sizes.</param>
public sealed record StoredChart(JsonObject Whole, IReadOnlyList<JsonObject> Panels)
{
    /// <summary>What the numbers drawn say: <see cref="Chart.Findings"/>.</summary>
    public string? Findings { get; init; }

    /// <summary>The stored form of <paramref name="chart"/>.</summary>
    public static StoredChart Of(Chart chart) =>
        new(chart.Specification(), chart.PanelSpecifications()) { Findings = chart.Findings };
}

/// <summary>A claim that was checked.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Measured">What was measured, in order.</param>
/// <param name="Checks">The checks that led to the verdict.</param>
/// <param name="Why">The reasons.</param>
/// <param name="Chart">The claim's own chart, or null.</param>
/// <param name="Caption">A sentence under the chart.</param>
/// <param name="Seconds">Time it took, including waiting for results that it shares.</param>
/// <param name="Error">What was thrown, or null; a result with an error is not stored.</param>
public sealed record ClaimResult(
    Verdict Verdict, IReadOnlyList<Measurement> Measured, IReadOnlyList<Check> Checks, string Why, StoredChart? Chart, string Caption,
    double Seconds, string? Error = null)
{
    /// <summary>Why it is an identity, true by algebra; null where it is not.</summary>
    public string? Identity { get; init; }

    /// <summary>How it is shown.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public VerdictStyle Style => VerdictStyle.Of(Verdict, Identity is not null);

    internal static ClaimResult Of(ClaimOutcome outcome, double seconds) => new(
        outcome.Verdict, outcome.Measured, outcome.Checks, outcome.Why, outcome.Chart is { } chart ? StoredChart.Of(chart) : null,
        outcome.Caption, seconds)
    {
        Identity = outcome.Identity,
    };

    internal static ClaimResult Broken(Exception error, double seconds) => new(
        Verdict.Undecided, [], [], $"Not decided: the computation stopped with an error. {error.Message}", null, "", seconds,
        $"{error.GetType().Name}: {error.Message}");
}

/// <summary>A figure that was drawn.</summary>
/// <param name="Chart">The chart, or null after an error.</param>
/// <param name="Seconds">Time it took, including waiting for results that it shares.</param>
/// <param name="Error">What was thrown, or null; a result with an error is not stored.</param>
public sealed record FigureResult(StoredChart? Chart, double Seconds, string? Error = null)
{
    internal static FigureResult Broken(Exception error, double seconds) => new(null, seconds, $"{error.GetType().Name}: {error.Message}");
}

/// <summary>A claim or a figure with its result.</summary>
public interface IStudied
{
    /// <summary>The claim or figure.</summary>
    IStudy Study { get; }
}

/// <summary>A claim with its result.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Result">Its result.</param>
public sealed record CheckedClaim(Claim Claim, ClaimResult Result) : IStudied
{
    IStudy IStudied.Study => Claim;

    /// <summary>The id under which the claim's own chart is listed and saved.</summary>
    public string ChartId => $"claims/{Claim.Id}";
}

/// <summary>A figure with its result.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Result">Its result.</param>
public sealed record DrawnFigure(PaperFigure Figure, FigureResult Result) : IStudied
{
    IStudy IStudied.Study => Figure;
}
