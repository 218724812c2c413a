using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// The four papers, each defined once: pages list what is drawn and checked of them, figures, claims and equations name them from here.
/// </summary>
public static class SourcePapers
{
    /// <summary>T3.</summary>
    public static Paper TheoryIII { get; } = new("theory-iii", "Theory III",
        "A. Banburski, Q. Liao, B. Miranda, L. Rosasco, F. De La Torre, J. Hidary, T. Poggio: Theory III: Dynamics and Generalization in "
        + "Deep Networks (2019)")
    {
        Short = "T3",
        Year = 2019,
        Theorems = MainTheorems.TheoryIII,
    };

    /// <summary>T3b.</summary>
    public static Paper TheoryIIIb { get; } = new("theory-iiib", "Theory IIIb",
        "T. Poggio, Q. Liao, B. Miranda, A. Banburski, X. Boix, J. Hidary: Theory IIIb: Generalization in Deep Networks (CBMM Memo "
        + "90, 2018)")
    {
        Short = "T3b",
        Year = 2018,
        Theorems = MainTheorems.TheoryIIIb,
    };

    /// <summary>SQ.</summary>
    public static Paper SquareLoss { get; } = new("square-loss", "Square loss",
        "T. Poggio, Q. Liao: Generalization in deep network classifiers trained with the square loss (CBMM Memo 112, 2020)")
    {
        Short = "SQ",
        Year = 2020,
    };

    /// <summary>PNAS.</summary>
    public static Paper TheoreticalIssues { get; } = new("theoretical-issues", "Theoretical issues",
        "T. Poggio, A. Banburski, Q. Liao: Theoretical Issues in Deep Networks (draft for PNAS, 2019)")
    {
        Short = "PNAS",
        Year = 2020,
        Theorems = MainTheorems.TheoreticalIssues,
    };
}
