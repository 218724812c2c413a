using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>What a paper's page shows, section by section.</summary>
internal static class PaperOrder
{
    /// <summary>
    /// Claims and figures under the section that they cite; one that cites none stands with the one before it. Sections follow the paper,
    /// and inside a section the order is kept. A paper without sections is one group without a heading.
    /// </summary>
    public static IReadOnlyList<(PaperSection? Section, IReadOnlyList<IStudied> Results)> Of(ReportContent content, Paper paper)
    {
        var groups = paper.Sections.ToDictionary(static s => s, static _ => new List<IStudied>());
        var unplaced = new List<IStudied>();
        PaperSection? here = null;
        foreach (var result in content.Of(paper))
        {
            here = SectionOf(content, result) ?? here;
            (here is null ? unplaced : groups[here]).Add(result);
        }
        return
        [
            .. unplaced.Count == 0 ? [] : ((PaperSection?, IReadOnlyList<IStudied>)[])[(null, unplaced)],
            .. paper.Sections.Where(s => groups[s].Count > 0).Select(s => ((PaperSection?)s, (IReadOnlyList<IStudied>)groups[s])),
        ];
    }

    // A figure stands where a claim of the same paper that it shows stands.
    private static PaperSection? SectionOf(ReportContent content, IStudied result) => result switch
    {
        CheckedClaim { Claim: var claim } => PaperSection.Of(claim.Paper, claim.Place),
        DrawnFigure { Figure: var figure } => content.Claims
            .Where(c => c.Claim.Paper == figure.Paper && c.Claim.Figures.Contains(figure.Id))
            .Select(static c => PaperSection.Of(c.Claim.Paper, c.Claim.Place)).FirstOrDefault(static s => s is not null),
        _ => null,
    };
}
