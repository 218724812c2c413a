namespace Rhoflow.Papers.Equations;

/// <summary>Why an equation has no residual: what no number on a small instance can decide, and what else decides it.</summary>
internal static class NotTried
{
    private static readonly Dictionary<string, string> s_reasons = new(StringComparer.Ordinal)
    {
        ["T3.7"] = "it says what gradient flow is",
        ["T3.31"] = "a bound with probability 1 − δ and constants that are not named",
        ["T3.32"] = "a bound with probability 1 − δ and constants that are not named",
        ["T3.33"] = "it says which minimizer is looked for",
        ["T3.34"] = "it says which minimizer is looked for",
        ["T3.49"] = "it says what the step is",
        ["T3b.3"] = "it says what gradient flow is",
        ["T3b.47b"] = "print and correction differ in the layer at which the sum begins, which is not there",
        ["T3b.64"] = "it says what the step's factor does",
        ["SQ.9a"] = "words of a caption",
        ["SQ.9b"] = "words of a caption",
        ["SQ.9c"] = "words of a caption",
        ["SQ.9d"] = "words of a caption",
        ["SQ.10"] = "a bound with constants that are not named",
        ["SQ.41"] = "a bound with probability 1 − δ and constants that are not named",
        ["SQ.43"] = "a bound with constants that are not named",
        ["SQ.44"] = "a bound with constants that are not named",
        ["SQ.45"] = "a bound with probability 1 − δ and constants that are not named",
        ["PNAS.1"] = "an order of growth with constants that are not named; claims test its exponent",
        ["PNAS.1h"] = "print and correction differ in a letter",
        ["PNAS.2"] = "an order of growth with constants that are not named; claims test its exponent",
    };

    /// <summary>The ids that have a reason of their own.</summary>
    public static IReadOnlyCollection<string> Ids => s_reasons.Keys;

    /// <summary>The reason; null where there is none.</summary>
    public static string? Why(Equation equation) => s_reasons.GetValueOrDefault(equation.Id)
        ?? (equation.Kind is EquationKind.Definition or EquationKind.Loss ? "a definition" : null);
}
