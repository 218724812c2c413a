namespace Rhoflow.Papers.Equations;

/// <summary>Why an equation has no residual: what no number on a small instance can decide, and what else decides it.</summary>
internal static class NotTried
{
    private static readonly Dictionary<string, string> s_reasons = new(StringComparer.Ordinal)
    {
        ["T3.7"] = "it says what gradient flow is",
        ["T3.9"] = "it says which loss has multipliers",
        ["T3.31"] = "a bound with probability 1 − δ and constants that are not named",
        ["T3.32"] = "a bound with probability 1 − δ and constants that are not named",
        ["T3.33"] = "it says which minimizer is looked for",
        ["T3.34"] = "it says which minimizer is looked for",
        ["T3.35"] = "a limit for ρ → ∞, tested by claims",
        ["T3.37"] = "it says which maximum is looked for; T3 eq. 40 and 41 are tried against it",
        ["T3.39"] = "T3 eq. 37 with a name for the minimum",
        ["T3.42"] = "it says which loss has multipliers",
        ["T3.49"] = "it says what the step is",
        ["T3.60a"] = "a statement on a whole course in time, tested by claims",
        ["T3.78"] = "T3 eq. 77, which is tried, by its largest terms; how good that is, claims test",
        ["T3.80"] = "an approximation near the limit, whose rate claims test",
        ["T3b.3"] = "it says what gradient flow is",
        ["T3b.4"] = "a limit for t → ∞, tested by claims",
        ["T3b.11"] = "it says what the linearizations are",
        ["T3b.28a"] = "a number of eigenvalues, tested by claims",
        ["T3b.48"] = "print and correction differ in an index; the corrected form is that of T3 eq. 43, which is tried",
        ["T3b.64"] = "it says what the step's factor does",
        ["SQ.9a"] = "words of a caption",
        ["SQ.9b"] = "words of a caption",
        ["SQ.9c"] = "words of a caption",
        ["SQ.9d"] = "words of a caption",
        ["SQ.10"] = "a bound with constants that are not named",
        ["SQ.11"] = "the printed product has no shape; the factors are those of SQ eq. 51, which is tried",
        ["SQ.39"] = "no descent on several examples rests there; claims test it",
        ["SQ.40"] = "no descent on several examples rests there; claims test it",
        ["SQ.41"] = "a bound with probability 1 − δ and constants that are not named",
        ["SQ.43"] = "a bound with constants that are not named",
        ["SQ.44"] = "a bound with constants that are not named",
        ["SQ.45"] = "a bound with probability 1 − δ and constants that are not named",
        ["SQ.48"] = "no descent on several examples rests there; claims test it",
        ["SQ.52"] = "the printed product has no shape; the factors are those of SQ eq. 51, which is tried",
        ["PNAS.1"] = "an order of growth with constants that are not named; claims test its exponent",
        ["PNAS.2"] = "an order of growth with constants that are not named; claims test its exponent",
        ["PNAS.4"] = "it says which loss has multipliers",
        ["PNAS.15"] = "it says which maximum is looked for; PNAS eq. 16 is tried against it",
        ["PNAS.22"] = "an approximation near the limit, whose rate claims test",
    };

    /// <summary>The ids that have a reason of their own.</summary>
    public static IReadOnlyCollection<string> Ids => s_reasons.Keys;

    /// <summary>The reason; null where there is none.</summary>
    public static string? Why(Equation equation) => s_reasons.GetValueOrDefault(equation.Id)
        ?? (equation.Kind is EquationKind.Definition or EquationKind.Loss ? "a definition" : null);
}
