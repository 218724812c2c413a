using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>What the claims of the main theorem ask of its runs.</summary>
internal static class TheoremNumbers
{
    /// <summary>The hypothesis, as every claim of the theorem states it.</summary>
    public const string Hypothesis =
        "Deep network, exponential loss, gradient flow; separability is reached at T0: y_n f(x_n) > 0 for all n (checked at every start).";

    /// <summary>What is meant by the KKT residual, for set-ups.</summary>
    public static string Words =>
        "KKT residual of max_V min_n y_n f̃_n, ‖V_k‖ = 1: the least √(‖V̂ − Σ α_n y_n ∂f̃_n/∂V‖² + (share of α off the margin)²) over α ≥ "
            + "0, "
        + $"with Clarke's subdifferential for units within {Wording.Text(TheoremKkt.Kink)} of their kinks. Gradient descent to t = "
        + $"{Wording.Decade(TheoremRuns.LastOfDescent)}, (B) to {Wording.Decade(TheoremRuns.LastOfLagrange)}, rows to "
        + $"{Wording.Decade(TheoremRuns.LastOfRows)}; (A) to rest at each ρ, doubled until log N/(ρη) ≤ "
        + $"{Wording.Text(TheoremRuns.LastBound)}. Where the kinks of several ReLUs leave no Filippov velocity, W is moved by "
        + $"{Wording.Text(SweptDirections.Nudge)} of its norm and the flow begins again there, at most three times; what stops for good is "
        + "counted. Limits of gradient descent and (B) are their ends brought to rest by (A) at the largest ρ";

    /// <summary>Every start with its setting.</summary>
    public static IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> Starts(StudyContext context) =>
        TheoremRuns.Of(context).SelectMany(r => r.Starts.Select(s => (r.Setting, s)));

    /// <summary>Checks separability at T0, and that there are starts enough.</summary>
    public static void Suppose(Judge judge, StudyContext context)
    {
        judge.Hypothesis.AtLeast("least y_n f_n at T0 over all starts", Starts(context).Min(s =>
        {
            var f = s.Setting.Risk().Outputs(s.Start.Weights);
            var least = double.PositiveInfinity;
            for (var n = 0; n < f.Length; n++) least = Math.Min(least, s.Setting.Data.Y[n] * f[n]);
            return least;
        }), 1e-6);
        judge.Premise.AtLeast("least number of starts of a setting", TheoremRuns.Of(context).Min(r => r.Starts.Count), 10);
    }

    /// <summary>Starts whose dynamics was followed to the end of its time.</summary>
    public static IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> Followed(
        StudyContext context, params Dynamics[] dynamics) => Starts(context).Where(s => dynamics.All(d => !s.Start[d].Stopped));

    /// <summary>Starts whose limit is a stationary point: its KKT residual is within log N/(ρη).</summary>
    public static IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> Settled(
        StudyContext context, params Dynamics[] dynamics) =>
        Starts(context).Where(s => dynamics.All(d => IsSettled(s.Setting, s.Start.Limits[d])));

    /// <summary>A KKT residual below this counts as small; the paper gives no number.</summary>
    public const double Small = .05;

    /// <summary>Starts from which gradient descent itself has come near a KKT point, whose limit is then read off by (A).</summary>
    public static IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> Arrived(StudyContext context) =>
        Settled(context, Dynamics.GradientDescent).Where(s => s.Start[Dynamics.GradientDescent].Residuals[^1] <= Small);

    /// <summary>The KKT residual over its bound log N/(ρη).</summary>
    public static double OverBound(TheoremSetting setting, double logRho, ReadOnlySpan<double> v) =>
        TheoremKkt.Residual(setting.Network, v, setting.Data) / setting.Bound(Math.Exp(logRho), v);

    /// <summary>Whether the margin can be raised nearby: by more than the smoothing log N/ρ of γ̃ could account for.</summary>
    public static bool Gains(TheoremSetting setting, TheoremRuns.Start start, Dynamics dynamics) =>
        start.Rises[dynamics] > setting.Bound(start.Limits[dynamics].Rho, start.Limits[dynamics].V);

    /// <summary>max_n |f̃_n − f̃'_n| over the margin: how far two normalized networks are apart on the data.</summary>
    public static double Apart(TheoremSetting setting, double[] v, double[] other)
    {
        double[] f = setting.Risk().Outputs(v).ToArray(), g = setting.Risk().Outputs(other).ToArray();
        var largest = 0.0;
        for (var n = 0; n < f.Length; n++) largest = Math.Max(largest, Math.Abs(f[n] - g[n]));
        return largest / TheoremTrace.Margin(setting, v);
    }

    /// <summary>Two normalized networks are one if no output differs by more than this share of the margin.</summary>
    public const double Same = .02;

    /// <summary>At how many starts the limits of two dynamics are different networks.</summary>
    public static int Different(IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> starts, Dynamics a, Dynamics b) =>
        starts.Count(s => Apart(s.Setting, s.Start.Limits[a].V, s.Start.Limits[b].V) > Same);

    /// <summary>At how many starts their V differ by more than <see cref="Same"/> in norm.</summary>
    public static int DifferentV(IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> starts, Dynamics a, Dynamics b) =>
        starts.Count(s => Vectors.Distance(s.Start.Limits[a].V, s.Start.Limits[b].V) > Same);

    /// <summary><c>ReLU 4-6-1, teacher 1 of 10; …</c>: counts by setting, those of 0 left out.</summary>
    public static string Counts(
        IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> starts, Func<TheoremSetting, TheoremRuns.Start, bool> which)
    {
        var parts = starts.GroupBy(s => s.Setting.Name).Select(g => (g.Key, Count: g.Count(s => which(s.Setting, s.Start)), Of: g.Count()))
            .Where(c => c.Count > 0).Select(c => $"{c.Key} {c.Count} of {c.Of}").ToList();
        return parts.Count == 0 ? "none" : string.Join("; ", parts);
    }

    private static bool IsSettled(TheoremSetting setting, SweptDirections.Place place) =>
        TheoremTrace.Margin(setting, place.V) > 0 && OverBound(setting, Math.Log(place.Rho), place.V) <= 1;
}
