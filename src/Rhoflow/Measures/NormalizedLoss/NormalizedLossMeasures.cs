using System.Globalization;
using Rhoflow.Losses;

namespace Rhoflow.Measures.NormalizedLoss;

/// <summary>
/// Losses of ρ'·f̃ at fixed norms ρ', on training and test examples: what regressions over many networks are made of (T3 Fig 1, 8).
/// </summary>
internal static class NormalizedLossMeasures
{
    private const string Family = "normalized-loss";

    /// <summary>ρ'.</summary>
    public static readonly IReadOnlyList<double> Norms = [1, 10, 100, 1000];

    /// <summary>
    /// ρ' = 4, 4², … 4¹⁰, on which the cross-entropy is followed from where it is linear in f̃ to where single errors decide it (T3 Fig 8).
    /// </summary>
    public static readonly IReadOnlyList<double> PowersOfFour = [.. Enumerable.Range(1, 10).Select(static j => Math.Pow(4, j))];

    // One set of examples: f̃, y, C and margins.
    private readonly record struct Examples(double[] Outputs, double[] Targets, int Classes, double[] Margins);

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        CrossEntropy("", MeasureNeed.Outputs, Train),
        CrossEntropy("test_", MeasureNeed.TestOutputs, Test),
        Curve("", MeasureNeed.Outputs, Train),
        Curve("test_", MeasureNeed.TestOutputs, Test),
        Exponential("", MeasureNeed.Outputs, Train),
        Exponential("test_", MeasureNeed.TestOutputs, Test),
        Square("", MeasureNeed.Outputs, Train),
        Square("test_", MeasureNeed.TestOutputs, Test),
    ];

    private static Measure CrossEntropy(string prefix, MeasureNeed need, Func<MeasureInput, Examples?> examples) => new()
    {
        Family = Family,
        Name = prefix + "normalized_cross_entropy",
        Formula = "mean cross-entropy of ρ'f̃ (logistic for one output) and its log₁₀; gap: ln C − that (ln 2 for one output)",
        Reference = "T3 Fig 1, 8",
        Variant = "mean over examples, natural logarithms",
        Need = need,
        Cost = "4 N C",
        Columns = _ => [.. Norms.SelectMany(r => (string[])[$"{prefix}ce_rho{Text(r)}", $"log10_{prefix}ce_rho{Text(r)}"]),
            prefix + "ce_gap_rho1"],
        Values = m => examples(m) is { } e
            ?
            [
                .. NormalizedLosses.LogCrossEntropies(e.Outputs, e.Targets, e.Classes, Norms)
                .SelectMany(static log => (double[])[Math.Exp(log), log / Math.Log(10)]),
                NormalizedLosses.CrossEntropyGap(e.Outputs, e.Targets, e.Classes, 1),
            ]
            : None(2 * Norms.Count + 1),
        Refuse = s => NoTest(s, need) ?? NoClasses(s, "cross-entropy"),
    };

    private static Measure Curve(string prefix, MeasureNeed need, Func<MeasureInput, Examples?> examples) => new()
    {
        Family = Family,
        Name = prefix + "cross_entropy_curve",
        Formula = "mean cross-entropy of ρ'f̃ (logistic for one output) at ρ' = 4, 16, … 4¹⁰",
        Reference = "T3 Fig 8",
        Variant = "mean over examples, natural logarithms",
        Need = need,
        Cost = "10 N C",
        Columns = _ => [.. PowersOfFour.Select(r => $"{prefix}ce_rho{Text(r)}")],
        Values = m => examples(m) is { } e ? [.. NormalizedLosses.LogCrossEntropies(e.Outputs, e.Targets, e.Classes, PowersOfFour)
            .Select(Math.Exp)] : None(PowersOfFour.Count),
        Refuse = s => NoTest(s, need) ?? NoClasses(s, "cross-entropy"),
    };

    private static Measure Exponential(string prefix, MeasureNeed need, Func<MeasureInput, Examples?> examples) => new()
    {
        Family = Family,
        Name = prefix + "normalized_exponential",
        Formula = "log₁₀ of the mean of e^{−ρ' m}, m = y f̃ or f̃_y − max_{j≠y} f̃_j",
        Reference = "T3 eq. 10",
        Variant = "mean over examples",
        Need = need,
        Cost = "4 N",
        Columns = _ => [.. Norms.Select(r => $"log10_{prefix}exp_rho{Text(r)}")],
        Values = m => examples(m) is { } e ? [.. Norms.Select(r => NormalizedLosses.LogExponential(e.Margins, r) / Math.Log(10))]
            : None(Norms.Count),
        Refuse = s => NoTest(s, need) ?? NoClasses(s, "the exponential loss"),
    };

    private static Measure Square(string prefix, MeasureNeed need, Func<MeasureInput, Examples?> examples) => new()
    {
        Family = Family,
        Name = prefix + "normalized_square",
        Formula = "log₁₀ of the mean of Σ_c (t_c − ρ'f̃_c)²",
        Reference = "SQ eq. 4",
        Variant = "t = y for one output, one-hot codes for classes (codes of ±1 where the network goes down square-signs); mean over "
            + "examples",
        Need = need,
        Cost = "4 N C",
        Columns = _ => [.. Norms.Select(r => $"log10_{prefix}square_rho{Text(r)}")],
        Values = m => examples(m) is { } e
            ? [.. Norms.Select(r => NormalizedLosses.LogSquare(e.Outputs, e.Targets, e.Classes, r, m.Setting.Loss == Loss.SquareSigns ? -1
            : 0) / Math.Log(10))]
            : None(Norms.Count),
        Refuse = s => NoTest(s, need),
    };

    private static Examples? Train(MeasureInput m) =>
        new(m.Snapshot.OutputsArray, m.Snapshot.TargetsArray, m.Snapshot.Network.Outputs, m.Snapshot.MarginsArray);

    private static Examples? Test(MeasureInput m) =>
        m.Test is { } test ? new(test.OutputsArray, test.TargetsArray, test.Classes, test.MarginsArray) : null;

    private static double[] None(int count) => [.. Enumerable.Repeat(double.NaN, count)];

    private static string? NoTest(MeasureSetting s, MeasureNeed need) => need == MeasureNeed.TestOutputs
        && s.Test is null ? "there are no test data" : null;

    private static string? NoClasses(MeasureSetting s, string loss) =>
        s.HasClasses ? null : $"{loss} needs classes; the targets are numbers";

    private static string Text(double rho) => rho.ToString(CultureInfo.InvariantCulture);
}
