using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Iris, setosa against the rest, one linear unit: the trajectories of Theory III's figures 5 and 7, each followed once.</summary>
internal static class IrisFlows
{
    /// <summary>As <c>figure-05.yaml</c> says.</summary>
    public static FigureSetUp SetUp { get; } = FigureSetUp.Load("theory-iii/figure-05");

    /// <summary>Direction and norm at which weight normalization starts.</summary>
    public static (double[] Direction, double Rho) WnStart => ([.3, .5, -.7, -.2], .5);

    /// <summary>In words, for claims.</summary>
    public const string Words = "Iris, setosa against the rest, one linear unit, L = Σ e^{−y w·x}; gradient descent from w(0) = (.3, −.2, .1, .4), weight normalization from ρ = 0.5 and "
        + "v ∝ (.3, .5, −.7, −.2); flows to t = 1e300 in log t, relative tolerance 1e-11";

    /// <summary>The maximum margin: support vectors 24, 41 and 98.</summary>
    public static HardMarginSolution Svm { get; } = HardMargin.Solve(SetUp.Data);

    /// <summary>The unit vector orthogonal to the three support vectors (four inputs, so there is one).</summary>
    public static double[] OffSpan { get; } = Orthogonal();

    /// <summary>v*(ρ) = v_svm + c/ρ.</summary>
    public static FixedRhoExpansion Expansion { get; } = FixedRhoExpansion.Of(SetUp.Data, Svm);

    /// <summary>Gradient descent from the figure's start.</summary>
    public static IReadOnlyList<FlowPoint> Gd(StudyContext context) => Follow(context, "gd", () => new UnconstrainedFlow(SetUp.Risk()), SetUp.Start);

    /// <summary>Gradient descent from zero.</summary>
    public static IReadOnlyList<FlowPoint> GdFromZero(StudyContext context) => Follow(context, "gd/zero", () => new UnconstrainedFlow(SetUp.Risk()), SetUp.Network.Zeros());

    /// <summary>Gradient descent from a Gaussian start of unit norm.</summary>
    public static IReadOnlyList<FlowPoint> GdFromSeed(StudyContext context, int seed) =>
        Follow(context, $"gd/seed {seed}", () => new UnconstrainedFlow(SetUp.Risk()), Wording.UnitStart(seed, 4), few: true);

    /// <summary>Weight normalization from the figure's start.</summary>
    public static IReadOnlyList<FlowPoint> Wn(StudyContext context) =>
        Follow(context, "wn", () => new WeightNormalizationFlow(SetUp.Risk(), WnStart.Rho), WnStart.Direction);

    /// <summary>Weight normalization from a Gaussian direction with ρ = 1.</summary>
    public static IReadOnlyList<FlowPoint> WnFromSeed(StudyContext context, int seed) =>
        Follow(context, $"wn/seed {seed}", () => new WeightNormalizationFlow(SetUp.Risk()), Wording.UnitStart(seed, 4), few: true);

    /// <summary>Weight normalization from the start of gradient descent (ρ turns negative there, which W = ρV does not mind).</summary>
    public static IReadOnlyList<FlowPoint> WnFromGdStart(StudyContext context) => Follow(context, "wn/gd start", () => new WeightNormalizationFlow(SetUp.Risk()), SetUp.Start);

    private static double[] Orthogonal()
    {
        var basis = new List<double[]>();
        foreach (var row in Svm.SupportVectors.Select(n => SetUp.Data.Example(n).ToArray()).Concat(Enumerable.Range(0, 4).Select(i => new[] { i == 0 ? 1.0 : 0, i == 1 ? 1 : 0, i == 2 ? 1 : 0, i == 3 ? 1 : 0 })))
        {
            var size = Vectors.Norm(row);
            for (var pass = 0; pass < 2; pass++)
                foreach (var b in basis) Vectors.Add(-Vectors.Dot(b, row), b, row);
            var norm = Vectors.Norm(row);
            if (norm <= 1e-8 * size) continue;
            Vectors.Scale(1 / norm, row, row);
            basis.Add(row);
        }
        return basis[3];
    }

    private static readonly double[] Few = [2, 4, 8, 16, 50, 100, 200, 300];

    private static IReadOnlyList<FlowPoint> Follow(StudyContext context, string name, Func<Flow> flow, double[] start, bool few = false) =>
        context.Shared<IReadOnlyList<FlowPoint>>($"theory-iii/iris/{name}", () =>
        {
            double[] at = few ? Few : [.. Curves.Exponents(-1, 8, 91).Concat(Curves.Exponents(8, 20, 25).Concat(Curves.Exponents(20, 300, 141, Few))).Distinct().Order()];
            return [.. flow().From(start, SetUp.Options).At(at.Instants(), context.Cancellation)];
        });
}
