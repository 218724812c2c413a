using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.Equations;

/// <summary>What an equation is.</summary>
public enum EquationKind
{
    /// <summary>What a word or a letter stands for.</summary>
    Definition,
    /// <summary>True for every network of the paper's kind, whatever its weights.</summary>
    Identity,
    /// <summary>A loss.</summary>
    Loss,
    /// <summary>A minimum or maximum that is looked for, with its constraints.</summary>
    Problem,
    /// <summary>A system of differential equations.</summary>
    Flow,
    /// <summary>One step of a discrete descent.</summary>
    Step,
    /// <summary>Where a flow rests.</summary>
    Equilibrium,
    /// <summary>What follows from a flow: how a quantity moves in time, or where it goes.</summary>
    Law,
    /// <summary>What holds up to an error that goes to zero with a parameter, by a stated order.</summary>
    Approximation,
    /// <summary>A gradient, Jacobian or Hessian.</summary>
    Derivative,
    /// <summary>An inequality.</summary>
    Bound,
}

/// <summary>
/// An equation of a paper as it is printed, and as it has to be read. Comments cite it as <c>T3 eq. 22</c>, programs as
/// <see cref="Id"/>; <see cref="EquationTable"/> has all that have a number, and of the others (formulas in the text, footnotes, lemmas,
/// captions) those whose print is wrong or that others rest on, under the number of the nearest equation before them and a letter:
/// <c>T3 eq. 65a</c>.
/// </summary>
/// <param name="Paper">The paper; its <see cref="Paper.Short"/> name begins the citation.</param>
/// <param name="Number">The paper's number.</param>
/// <param name="Section">The section or appendix it stands in: <c>4.5.2</c>, <c>A.1</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Tex">The equation as printed, in LaTeX. What it needs from the sentence around it follows after a <c>\quad</c>.</param>
/// <param name="Says">What it says, in one line.</param>
public sealed record Equation(Paper Paper, int Number, string Section, EquationKind Kind, string Tex, string Says)
{
    /// <summary>A letter where the line has no number of its own; otherwise empty.</summary>
    public string Letter { get; init; } = "";

    /// <summary>The name by which it is asked for: <c>T3.22</c>.</summary>
    public string Id => $"{Paper.Short}.{Number}{Letter}";

    /// <summary>How comments cite it: <c>T3 eq. 22</c>.</summary>
    public string Citation => $"{Paper.Short} eq. {Number}{Letter}";

    /// <summary>The equation as it must read, in LaTeX; null where the print is right.</summary>
    public string? Corrected { get; init; }

    /// <summary>What is wrong with the print, in one line; null where it is right.</summary>
    public string? Why { get; init; }

    /// <summary>What has to be known beside it: a conclusion drawn from it that fails, a misprint in the text around it; or null.</summary>
    public string? Note { get; init; }

    /// <summary>The types of the library that implement it, the nearest first; their comments cite it.</summary>
    public IReadOnlyList<Type> Types { get; init; } = [];
}
