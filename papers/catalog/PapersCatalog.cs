using Rhoflow.Lab.Claims;
using Rhoflow.Papers.Measures;
using Rhoflow.Papers.Schedules;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.Since;
using Rhoflow.Papers.SquareLoss;
using Rhoflow.Papers.TheoreticalIssues;
using Rhoflow.Papers.TheoryIII;
using Rhoflow.Papers.TheoryIIIb;

namespace Rhoflow.Papers.Catalog;

/// <summary>All that is checked and drawn, paper by paper. A claim or figure joins by one line in its paper's file.</summary>
public static class PapersCatalog
{
    /// <summary>The papers in the order in which they are read here.</summary>
    public static IReadOnlyList<Paper> Papers => [SourcePapers.TheoryIII, SourcePapers.TheoryIIIb, SourcePapers.SquareLoss,
        SourcePapers.TheoreticalIssues, SincePage.Paper, SchedulesPage.Paper, MeasuresPage.Paper];

    /// <summary>All claims and figures, in the order of each paper; a claim stands under the paper that states it first.</summary>
    public static IReadOnlyList<IStudy> Contents => [.. TheoryIIIPage.Contents, .. TheoryIIIbPage.Contents, .. SquareLossPage.Contents,
        .. TheoreticalIssuesPage.Contents, .. SincePage.Contents, .. SchedulesPage.Contents, .. MeasuresPage.Contents];

    /// <summary>The claims.</summary>
    public static IReadOnlyList<Claim> Claims => [.. Contents.OfType<Claim>()];

    /// <summary>The figures.</summary>
    public static IReadOnlyList<PaperFigure> Figures => [.. Contents.OfType<PaperFigure>()];
}
