using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>What a report shows.</summary>
/// <param name="Papers">The papers, in the order in which they are shown.</param>
/// <param name="Results">Checked claims and drawn figures, a paper's in the order of the paper.</param>
/// <param name="NotComputed">How many claims and figures of the catalogue have no result yet.</param>
/// <param name="Full">The papers' own sizes rather than quick ones.</param>
public sealed record ReportContent(
    IReadOnlyList<Paper> Papers, IReadOnlyList<IStudied> Results, int NotComputed = 0, bool Full = false)
{
    /// <summary>The papers' equations, which have a page of their own; none: no page.</summary>
    public IReadOnlyList<ReportEquation> Equations { get; init; } = [];

    /// <summary>The checked claims.</summary>
    public IReadOnlyList<CheckedClaim> Claims { get; } = [.. Results.OfType<CheckedClaim>()];

    /// <summary>The drawn figures.</summary>
    public IReadOnlyList<DrawnFigure> Figures { get; } = [.. Results.OfType<DrawnFigure>()];

    /// <summary>What a paper's page shows, in the order of the paper.</summary>
    public IEnumerable<IStudied> Of(Paper paper) => Results.Where(r => r.Study.Paper == paper);

    /// <summary>The papers that have something to show.</summary>
    public IEnumerable<Paper> PapersShown => Papers.Where(p => Of(p).Any());

    /// <summary>Every chart with the id under which it is saved: the figures', then the claims' own.</summary>
    public IEnumerable<(string Id, StoredChart Chart)> Charts =>
        Figures.Where(f => f.Result.Chart is not null).Select(f => (f.Figure.Id, f.Result.Chart!))
            .Concat(Claims.Where(c => c.Result.Chart is not null).Select(c => (c.ChartId, c.Result.Chart!)));

    /// <summary>The id of the chart that shows a claim: its own, or the first figure it names that was drawn; null if none.</summary>
    public string? ChartOf(CheckedClaim claim) => claim.Result.Chart is not null
        ? claim.ChartId
        : claim.Claim.Figures.FirstOrDefault(id => Figures.Any(f => f.Figure.Id == id))
        ?? (claim.Claim.Figures.Count > 0 ? claim.Claim.Figures[0] : null);
}
