using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>An equation of a paper as the report shows it.</summary>
/// <param name="Paper">The paper.</param>
/// <param name="Id">The name by which it is asked for: <c>T3.22</c>.</param>
/// <param name="Number">As the paper counts, with the letter of a line without a number: <c>22</c>, <c>65a</c>.</param>
/// <param name="Section">The section it stands in.</param>
/// <param name="Kind">What it is, in a word.</param>
/// <param name="Tex">As printed, in TeX.</param>
/// <param name="Says">What it says.</param>
public sealed record ReportEquation(Paper Paper, string Id, string Number, string Section, string Kind, string Tex, string Says)
{
    /// <summary>As it must read, in TeX; null where the print is right.</summary>
    public string? Corrected { get; init; }

    /// <summary>What is wrong with the print; null where it is right.</summary>
    public string? Why { get; init; }

    /// <summary>What has to be known beside it; null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// How far the printed form misses what an independent computation gives; null where that was not tried, infinite where the print has
    /// no value (its products have no shape).
    /// </summary>
    public double? PrintedResidual { get; init; }

    /// <summary>How far the corrected form, or the print where it is right, misses it; null where that was not tried.</summary>
    public double? CorrectedResidual { get; init; }

    /// <summary>What is known of the print, and by what.</summary>
    public required EquationStanding Standing { get; init; }

    /// <summary>Why there is no residual; null where there is one.</summary>
    public string? WhyNotTried { get; init; }

    /// <summary>The types that implement it, with their source files where these are known.</summary>
    public IReadOnlyList<(string Name, string? File)> Types { get; init; } = [];

    /// <summary>The ids of the claims that rest on it.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>How it is cited: <c>T3 eq. 22</c>.</summary>
    public string Citation => $"{Paper.Short} eq. {Number}";

    /// <summary>It has no number of its own: a line of the text, a footnote, a caption.</summary>
    public bool IsLine => !char.IsAsciiDigit(Number[^1]);
}
