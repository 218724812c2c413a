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
        Link = new Uri("https://arxiv.org/abs/1903.04991"),
        Sections =
        [
            new("1", "Introduction"),
            new("2", "Deep networks: definitions and properties"),
            new("3", "Related work"),
            new("4", "Main results"),
            new("5", "Discussion"),
            new("6", "The optimization landscape of deep ReLU networks"),
            new("7", "Uniform convergence bounds"),
            new("8", "Constrained minimization implies margin maximization"),
            new("9", "Minimal norm and maximum margin"),
            new("10", "Gradient techniques for norm control"),
            new("11", "Standard dynamics, weight normalization, batch normalization"),
            new("12", "Dynamics of ρ"),
            new("13", "Critical points of the flow"),
            new("14", "L_p norm constraint"),
            new("16", "Linear networks: rates of convergence"),
            new("17", "New algorithms"),
            new("18", "Epilogue"),
        ],
    };

    /// <summary>T3b.</summary>
    public static Paper TheoryIIIb { get; } = new("theory-iiib", "Theory IIIb",
        "T. Poggio, Q. Liao, B. Miranda, A. Banburski, X. Boix, J. Hidary: Theory IIIb: Generalization in Deep Networks (CBMM Memo "
        + "90, 2018)")
    {
        Short = "T3b",
        Year = 2018,
        Theorems = MainTheorems.TheoryIIIb,
        Link = new Uri("https://arxiv.org/abs/1806.11379"),
        Sections =
        [
            new("1", "Introduction"),
            new("2", "Overfitting puzzle"),
            new("3", "Deep networks: definitions"),
            new("4", "Linear networks and dynamical systems"),
            new("5", "Nonlinear dynamics of deep networks"),
            new("6", "Experimental sanity check"),
            new("7", "Putting to rest the overfitting puzzle"),
            new("8", "Discussion"),
            new("9", "Overfitting and lack of it in figure 2"),
            new("10", "Hartman–Grobman theorem and dynamical systems"),
            new("11", "One-layer linear networks"),
            new("12", "Nonlinear deep networks"),
            new("13", "Early stopping"),
            new("14", "Rate of growth of weights"),
        ],
    };

    /// <summary>SQ.</summary>
    public static Paper SquareLoss { get; } = new("square-loss", "Square loss",
        "T. Poggio, Q. Liao: Generalization in deep network classifiers trained with the square loss (CBMM Memo 112, 2020)")
    {
        Short = "SQ",
        Year = 2020,
        Link = new Uri("https://cbmm.mit.edu/publications"),
        Sections =
        [
            new("1", "Introduction"),
            new("2", "The dynamics of gradient descent in ρ and V_k"),
            new("3", "Dynamics"),
            new("4", "Generalization in deep networks"),
            new("5", "Predictions"),
            new("6", "Summary"),
            new("A", "Normalization during gradient descent"),
            new("B", "Gradient flow for ρ and V_k"),
            new("C", "Maximum margin and minimum norm"),
            new("D", "Unnormalized gradient descent"),
            new("E", "Dynamics and equilibria of V_k and ρ"),
            new("F", "Margins, ρ and expected error"),
            new("G", "Towards predicting NC1 to NC4"),
            new("H", "Constraints on the weight matrices"),
        ],
    };

    /// <summary>PNAS.</summary>
    public static Paper TheoreticalIssues { get; } = new("theoretical-issues", "Theoretical issues",
        "T. Poggio, A. Banburski, Q. Liao: Theoretical Issues in Deep Networks (draft for PNAS, 2019)")
    {
        Short = "PNAS",
        Year = 2020,
        Theorems = MainTheorems.TheoreticalIssues,
        Link = new Uri("https://arxiv.org/abs/1908.09375"),
        Sections =
        [
            new("1", "Introduction"),
            new("2", "Approximation"),
            new("3", "Optimization and complexity control"),
            new("4", "Discussion"),
            new("B", "Main results on the dynamics of optimization") { Label = "§3B" },
            new("C", "Additional results") { Label = "§3C" },
        ],
    };
}
