using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b140: V_k = Σ α_n ∂f_n/∂V_k at rest is algebra; that all α_n are positive is not so, since y_nα_n &lt; 0 for every example that is
/// over-fitted.
/// </summary>
internal static class MultipliersArePositive
{
    private const int Examples = 10, Inputs = 4, Steps = 12_000;
    private const double Rho0 = 1, AtRest = .01, Rounding = 1e-3;

    private static readonly double[] PlaneDecays = [1e-6, 1e-4, 1e-3, .01, .1, 1, 10], Decays = [.01, .1, 1];
    private static readonly Network[] Deep = [Network.Dense(Inputs, 16, 1), Network.Dense(Inputs, 12, 12, 1)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b140-multipliers-are-positive",
        Paper = SourcePapers.SquareLoss,
        Place = "eq. 29, 38, appendix E",
        Hypothesis = "Normalization and weight decay λ > 0 (eq. 5, 6), ReLU networks of L ≥ 2 layers at a minimum, V̇_k = 0 and ρ̇ = 0. "
            + "With labels of both signs α_n < 0 for y_n = −1 wherever y_nα_n > 0, since α_n = (y_n − ρf_n)/(λρ): read with the label "
            + "absorbed, y_nα_n > 0, as the memo writes f_n for y_nf_n. The minima are quasi-interpolating (§1.2), ρf_n near y_n.",
        Statement = "When λ > 0 the terms ℓ_n ≠ 0; it is then reasonable to assume that α_n > 0 and that V_k at the minimum can be "
            + "written as V_k = Σ α_n ∂f_n/∂V_k, α_n = ℓ_n/Σ ℓ_nf_n.",
        SetUp = "(i) The global minimum of Σ(ρf − y)² + λρ² over two-layer ReLU networks of any width, six inputs of gaussian-teacher in "
            + $"the plane (the sets of b139), λ = {string.Join(", ", PlaneDecays.Select(static l => Wording.Text(l)))}. "
            + $"(ii) Flow (5)–(6) from ρ0 = {Rho0} on ReLU nets {string.Join(" and ", Deep.Select(PlaneNets.Name))}, {Examples} inputs of "
            + $"gaussian-teacher, λ = {string.Join(", ", Decays.Select(static l => Wording.Short(l)))}, {Wording.Count(Steps)} adaptive "
            + $"steps; at rest is sin ∠(V_L, ∂L/∂V_L) ≤ {Wording.Short(AtRest)} and |Σℓf + λρ| ≤ {Wording.Short(AtRest)} λρ; runs that "
            + "are not are counted and left out. α_n from ℓ_n/Σℓf, from (y_n − ρf_n)/(λρ), and from V_L and the features alone, by the "
            + "least squares of Σ α_n ∂f_n/∂V_L = V_L (along the directions whose singular value is a tenth of the largest or more, "
            + $"which determine α). Seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}. After a first look the condition on ρ̇ was added to what "
            + "rests and the least singular value raised from .01 to .1 of the largest.",
        Expected = $"All y_nα_n ≥ 0 (to {Wording.Text(Rounding)} of Σ|α|).",
        Check = Check,
    };

    /// <param name="Angle">sin ∠(V_L, ∂L/∂V_L), or |Σℓf/(λρ) + 1| where that is larger: 0 at rest.</param>
    /// <param name="Negative">Examples with y_nα_n &lt; 0.</param>
    /// <param name="Least">min y_nα_n/Σ|α|.</param>
    /// <param name="Fitted">Σ α_n ∂f_n/∂V_L against V_L.</param>
    /// <param name="ByNorm">Largest gap between the two formulas, over the largest |α|.</param>
    /// <param name="ByFeatures">The same of the formula and the least squares, in the span of the features.</param>
    /// <param name="MeanSquare">Mean of (ρf − y)², 1 for an output of 0.</param>
    private sealed record Rest(double Lambda, long Seed, double Angle, int Negative, double Least, double Fitted,
        double ByNorm, double ByFeatures, double MeanSquare);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string least = "least y_nα_n over Σ|α|";
        var shares = new double[PlaneDecays.Length];
        double stationarity = 0;
        var planes = new List<(double Lambda, PlaneMinimumNorm[] At)>();
        for (var i = 0; i < PlaneDecays.Length; i++)
        {
            var lambda = PlaneDecays[i];
            context.Progress($"plane, λ = {lambda}");
            PlaneMinimumNorm[] at = [.. Spread.Seeds.Select(seed => PlaneMinimumNorm.Solve(ClassificationIsNotInterpolation.Plane(seed),
                lambda, false, context.Cancellation))];
            planes.Add((lambda, at));
            stationarity = Math.Max(stationarity, at.Max(static a => a.Stationarity));
            shares[i] = at.Average(static a => a.Multipliers.Count(static m => m < 0) / (double)a.Multipliers.Length);
            judge.Measure($"plane, λ = {Wording.Text(lambda)}: examples with y_nα_n < 0, by seed",
                [.. at.Select(static a => (double)a.Multipliers.Count(static m => m < 0))]);
            judge.Measure($"plane, λ = {Wording.Text(lambda)}: mean of (ρf − y)², by seed", [.. at.Select(MeanSquare)]);
            judge.Printed.In($"plane, λ = {Wording.Text(lambda)}")
                .AtLeast(least, at.Min(ClassificationIsNotInterpolation.Least), -Rounding);
        }
        judge.Premise.AtMost("plane: largest |Σ α_n ∂f_n/∂v − v|/v over the units in use", stationarity, 1e-3);

        var deep = new List<(Network Net, Rest[] All)>();
        double fitted = 0, byNorm = 0, byFeatures = 0;
        foreach (var net in Deep)
        {
            Rest[] all = [.. Decays.SelectMany(lambda => Spread.Seeds.Select(seed => At(net, lambda, seed, context)))];
            deep.Add((net, all));
            foreach (var lambda in Decays)
            {
                Rest[] resting = [.. all.Where(r => r.Lambda == lambda && r.Angle <= AtRest)];
                var name = $"{PlaneNets.Name(net)}, λ = {Wording.Short(lambda)}";
                judge.Measure($"{name}: at rest, of 5; examples with y_nα_n < 0, by seed",
                    [resting.Length, .. resting.Select(static r => (double)r.Negative)]);
                if (resting.Length == 0) continue;
                judge.Measure($"{name}: mean of (ρf − y)² at rest, by seed", [.. resting.Select(static r => r.MeanSquare)]);
                fitted = Math.Max(fitted, resting.Max(static r => r.Fitted));
                byNorm = Math.Max(byNorm, resting.Max(static r => r.ByNorm));
                byFeatures = Math.Max(byFeatures, resting.Max(static r => r.ByFeatures));
                judge.Printed.In(name).AtLeast(least, resting.Min(static r => r.Least), -Rounding);
            }
        }
        judge.Hypothesis.AtLeast("flows at rest, of 30", deep.Sum(static d => d.All.Count(static r => r.Angle <= AtRest)), 10);
        judge.Premise.AtMost("‖V_L − Σ α_n ∂f_n/∂V_L‖ at rest, largest", fitted, 3 * AtRest);
        judge.Premise.AtMost("α_n from ℓ_n/Σℓf and from (y_n − ρf_n)/(λρ), largest gap", byNorm, .03);
        judge.Premise.AtMost("α_n from ℓ_n/Σℓf and from V_L and the features, largest gap", byFeatures, .03);
        // Not on the least y_nα_n: where λ ≥ 1 nothing is fitted, so that it would not be the paper's statement with a narrower assumption.
        judge.Amended("what is true in its place: y_nα_n < 0 exactly for the examples that are over-fitted, ρy_nf_n > 1, and there are "
            + "none where λ is so large that no example is fitted").AtMost("plane, λ = 10: examples with y_nα_n < 0, of 30",
            planes[^1].At.Sum(static a => a.Multipliers.Count(static m => m < 0)), 0);

        var chart = new Chart(new Panel("Examples with a negative multiplier at the global minimum, two layers of any width",
            new Axis("λ", Scale.Log), new Axis("share of examples with y_nα_n < 0", Min: 0, Max: 1))
            .Line("mean of five sets", PlaneDecays, shares)
            .Level("assumed: 0", 0));
        Rest[] rests = [.. deep.SelectMany(static d => d.All).Where(static r => r.Angle <= AtRest)];
        var far = planes.Where(static p => p.Lambda >= 1).Min(static p => p.At.Min(MeanSquare));
        Rest[] decayed = [.. rests.Where(static r => r.Lambda >= 1)];
        var farTrained = decayed.Select(static r => r.MeanSquare).DefaultIfEmpty(double.NaN).Min();
        var none = Decays.Where(l => rests.All(r => r.Lambda != l)).ToArray();
        var text = "The assumption α_n > 0 is not met; the equation itself is algebra (SQ eq. 8 divided by Σℓf = −λρ) and is "
            + $"found to {Wording.Text(fitted)} where the flows rest, α_n being the same by three ways. y_nα_n = (1 − ρy_nf_n)/(λρ) is "
            + "negative for an example that is over-fitted, and least squares over-fits some to fit others. At the global minimum of "
            + "two-layer networks with λ = .01 "
            + $"{planes[3].At.Count(static a => a.Multipliers.Min() < -Rounding * a.Multipliers.Sum(Math.Abs))} of 5 sets have such "
            + $"examples; of the {rests.Length} trained networks at rest {rests.Count(static r => r.Least < -Rounding)} have"
            + (none.Length > 0 ? $" (none rests at λ = {string.Join(", ", none.Select(static l => Wording.Short(l)))}). " : ". ")
            + "With λ ≥ 1 all y_nα_n are positive, but ρ is far below the fit there: the mean of (ρf − y)², 1 for no output at all, is at "
            + $"least {Wording.Text(far)} in the plane and {Wording.Text(farTrained)} in the trained networks, so that this is no narrower "
            + "form of an assumption about networks that fit. As λ → 0 positive multipliers would mean that interpolation is also the "
            + "minimum norm classification, which Observation 4 denies (b139).";
        return judge.Outcome(chart: chart, holds: text, care: text, fails: text,
            caption: "The more decay, the fewer examples are over-fitted; where ρ is held far below the fit, none is.");
    }

    private static double MeanSquare(PlaneMinimumNorm at) => at.Margins.Average(static m => (1 - m) * (1 - m));

    private static Rest At(Network net, double lambda, long seed, StudyContext context)
    {
        var data = GaussianTeacher.Draw(Examples, Inputs, seed);
        var end = new NormalizedDescent(net, Initialization.Normal(net, new RandomStream(seed, 142)), data, lambda, Rho0)
            .Run(Steps, context.Cancellation);
        var passes = new ChainPasses(net, data.X, Examples);
        passes.Forward(end.V);
        double[] f = passes.Outputs[..Examples].ToArray(), y = data.Y.ToArray();
        var residuals = f.Zip(y, (a, b) => end.Rho * a - b).ToArray();
        var sum = Vectors.Dot(residuals, f);
        double[] alpha = [.. residuals.Select(l => l / sum)], byNorm = [.. residuals.Select(l => -l / (lambda * end.Rho))];
        var rows = new double[Examples * net.ParameterCount];
        passes.PerExample(end.V, rows);
        var last = net.Layers[^1];
        var v = last.Of(end.V).ToArray();
        // Columns ∂f_n/∂V_L, the features.
        var features = DenseMatrix.OfColumnArrays(Enumerable.Range(0, Examples).Select(n =>
            last.Of(rows.AsSpan(n * net.ParameterCount, net.ParameterCount)).ToArray()));
        var gap = (features * DenseVector.OfArray(alpha) - DenseVector.OfArray(v)).L2Norm();
        var svd = features.Svd();
        double across = 0;
        for (var i = 0; i < svd.S.Count && svd.S[i] > .1 * svd.S[0]; i++)
        {
            var direction = svd.VT.Row(i);
            across = Math.Max(across, Math.Abs(direction * DenseVector.OfArray(alpha)
                - svd.U.Column(i) * DenseVector.OfArray(v) / svd.S[i]));
        }
        var largest = alpha.Max(Math.Abs);
        double[] signed = [.. alpha.Zip(y, static (a, b) => a * b)];
        return new Rest(lambda, seed, Math.Max(end.Residuals()[^1], Math.Abs(sum / (lambda * end.Rho) + 1)),
            signed.Count(static a => a < 0), signed.Min() / signed.Sum(Math.Abs), gap,
            alpha.Zip(byNorm, static (a, b) => Math.Abs(a - b)).Max() / largest, across / largest, end.MeanSquare);
    }
}
