namespace Rhoflow.Papers.Equations;

/// <summary>
/// Formulas without a number: displays, lines of the text, theorems whose statement is a formula, footnotes and captions. Each stands in
/// the table by the numbered equation before it (before the first: by that), with a letter.
/// </summary>
internal static class UnnumberedLines
{
    /// <summary>Paper by paper.</summary>
    public static IReadOnlyList<Equation> All { get; } =
        [.. TheoryIIILines.All, .. TheoryIIIbLines.All, .. SquareLossLines.All, .. TheoreticalIssuesLines.All];

    /// <summary>Makes the lines of one paper.</summary>
    public sealed class Paper(Lab.Claims.Paper paper)
    {
        /// <summary>A line whose print is right.</summary>
        public Equation Right(
            int number, string letter, string section, EquationKind kind, string tex, string says, params Type[] types) =>
            new(paper, number, section, kind, tex, says) { Letter = letter, Types = types };

        /// <summary>A line whose print is wrong.</summary>
        public Equation Wrong(int number, string letter, string section, EquationKind kind, string tex, string says, string corrected,
            string why, params Type[] types) =>
            new(paper, number, section, kind, tex, says) { Letter = letter, Corrected = corrected, Why = why, Types = types };
    }
}
