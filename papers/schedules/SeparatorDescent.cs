using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>
/// Work of linear separators in gradient evaluations, one per step: descents on w, and steps on the sphere with ρ(k) prescribed. η = 1/R²,
/// R the longest
/// input, which is stable for all of them; a step of V is η/(ρL) times the gradient of L, since the curvature of log L on the sphere grows
/// like ρ².
/// </summary>
internal static class SeparatorDescent
{
    /// <summary>Steps at which margins are looked at.</summary>
    public static IReadOnlyList<int> Steps { get; } = [10, 30, 100, 300, 1000, 3000, 10000, 30000];

    /// <summary>A way down: the margin gap 1 − margin/γ at <see cref="Steps"/>.</summary>
    public static double[] Gaps(StudyContext context, long seed, string method) => AllGaps.Of(context, (seed, method));

    private static readonly SharedResults<(long Seed, string Method), double[]> AllGaps = new((_, of) => Run(of.Seed, of.Method));

    /// <summary>Descents on w.</summary>
    public static IReadOnlyList<string> Descents { get; } = ["GD", "GD, η/L", "GD, normalized"];

    /// <summary>Steps on the sphere.</summary>
    public static IReadOnlyList<string> Scheduled { get; } =
        ["ρ = 1 + log k", "ρ = √k", "ρ = 1 + γηk", "ρ doubled every 300", "ρ doubled every 3000"];

    /// <summary>60 uniform directions in 20 dimensions, labelled by a half-space.</summary>
    public static Dataset Data(long seed) => ExampleSets.HalfSpace(Examples, Inputs, seed);

    /// <summary>How many directions, in how many dimensions.</summary>
    public const int Examples = 60, Inputs = 20;

    private static double[] Run(long seed, string method)
    {
        var data = Data(seed);
        var svm = HardMargin.Solve(data);
        var risk = new EmpiricalRisk(Network.Dense(data.Inputs, 1), Loss.Exponential, data, Reduction.Mean);
        var radius = Enumerable.Range(0, data.Count).Max(n => Vectors.Norm(data.Example(n)));
        var eta = 1 / (radius * radius);
        var w = Wording.UnitStart((int)seed, data.Inputs);
        var h = new double[w.Length];
        Func<int, double>? rho = method switch
        {
            "ρ = 1 + log k" => static k => 1 + Math.Log(1 + k),
            "ρ = √k" => static k => Math.Sqrt(1 + k),
            "ρ = 1 + γηk" => k => 1 + svm.Margin * eta * k,
            "ρ doubled every 300" => static k => Math.Pow(2, k / 300),
            "ρ doubled every 3000" => static k => Math.Pow(2, k / 3000),
            _ => null,
        };
        var gaps = new List<double>();
        for (var k = 0; k < Steps[^1]; k++)
        {
            if (rho is not null)
            {
                var r = rho(k);
                var value = risk.EvaluateScaled(w, r, h);
                Vectors.Scale(eta / r * Math.Exp(value.LogScale - value.LogLoss), h, h);
                Spheres.Geodesic<double>(w, h);
            }
            else
            {
                var value = risk.Evaluate(w, h);
                var rate = method switch
                {
                    "GD" => eta * Math.Exp(value.LogScale),
                    "GD, η/L" => eta * Math.Exp(value.LogScale - value.LogLoss),
                    "GD, normalized" => 1 / (radius * Vectors.Norm(h)),
                    _ => throw new ArgumentException($"no method is called '{method}'", nameof(method)),
                };
                Vectors.Add(rate, h, w);
            }
            if (Steps.Contains(k + 1)) gaps.Add(1 - Margin(data, w) / svm.Margin);
        }
        return [.. gaps];
    }

    private static double Margin(Dataset data, double[] w)
    {
        var z = data.Signed();
        var least = double.PositiveInfinity;
        for (var n = 0; n < data.Count; n++) least = Math.Min(least, Vectors.Dot(w, z.AsSpan(n * w.Length, w.Length)));
        return least / Vectors.Norm(w);
    }
}
