using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Iris, setosa against the rest, one linear unit: the trajectories of Theory III's figures 5 and 7, each followed once.</summary>
internal static class IrisFlows
{
    // Where weight normalization starts in figure 5, direction and norm.
    private static readonly double[] WnDirection = [.3, .5, -.7, -.2];
    private const double WnRho = .5;

    // What is looked at where only decades count.
    private static readonly string Few = Override.Decades(2, 4, 8, 16, 50, 100, 200, 300);

    /// <summary>Gradient descent, as <c>figure-05.yaml</c> says.</summary>
    public static FlowRun GradientDescent { get; } = new("theory-iii/figure-05");

    /// <summary>Gradient descent from zero.</summary>
    public static FlowRun GradientDescentFromZero { get; } = GradientDescent.With("init={kind: zeros}");

    /// <summary>Weight normalization from a start of its own.</summary>
    public static FlowRun WeightNormalization { get; } =
        GradientDescent.With("flow.kind=weight-normalization", Override.Of("flow.rho", WnRho), Override.Weights(WnDirection));

    /// <summary>Weight normalization from the start of gradient descent (ρ turns negative there, which W = ρV does not mind).</summary>
    public static FlowRun WeightNormalizationFromGradientDescent { get; } = GradientDescent.With("flow.kind=weight-normalization");

    /// <summary>In words, for claims.</summary>
    public static string Words =>
        $"Iris, setosa against the rest, one linear unit, L = Σ e^{{−y w·x}}; gradient descent from w(0) = "
        + $"{Wording.Row(GradientDescent.Experiment.Init!.Weights![0][0])}, weight normalization from ρ = {Wording.Text(WnRho)} and v ∝ "
        + $"{Wording.Row(WnDirection)}; flows to {Wording.End(GradientDescent)} in log t, relative tolerance "
        + Wording.Text(GradientDescent.Experiment.Flow.Relative);

    /// <summary>The maximum margin: support vectors 24, 41 and 98.</summary>
    public static HardMarginSolution Svm => field ??= HardMargin.Solve(GradientDescent.Data);

    /// <summary>The unit vector orthogonal to the three support vectors (four inputs, so there is one).</summary>
    public static double[] OffSpan => field ??= Orthogonal();

    /// <summary>v*(ρ) = v_svm + c/ρ.</summary>
    public static FixedRhoExpansion Expansion => field ??= FixedRhoExpansion.Of(GradientDescent.Data, Svm);

    /// <summary>Gradient descent from the figure's start.</summary>
    public static IReadOnlyList<FlowPoint> Gd(StudyContext context) => GradientDescent.Points(context);

    /// <summary>Gradient descent from zero.</summary>
    public static IReadOnlyList<FlowPoint> GdFromZero(StudyContext context) => GradientDescentFromZero.Points(context);

    /// <summary>Gradient descent from a Gaussian start of unit norm.</summary>
    public static IReadOnlyList<FlowPoint> GdFromSeed(StudyContext context, int seed) =>
        GradientDescent.With(Override.Weights(Wording.UnitStart(seed, 4)), Few).Points(context);

    /// <summary>Weight normalization from the figure's start.</summary>
    public static IReadOnlyList<FlowPoint> Wn(StudyContext context) => WeightNormalization.Points(context);

    /// <summary>Weight normalization from a Gaussian direction with ρ = 1.</summary>
    public static IReadOnlyList<FlowPoint> WnFromSeed(StudyContext context, int seed) =>
        WeightNormalizationFromGradientDescent.With(Override.Weights(Wording.UnitStart(seed, 4)), Few).Points(context);

    /// <summary>Weight normalization from the start of gradient descent.</summary>
    public static IReadOnlyList<FlowPoint> WnFromGdStart(StudyContext context) => WeightNormalizationFromGradientDescent.Points(context);

    private static double[] Orthogonal()
    {
        var basis = new List<double[]>();
        var axes = Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, 4).Select(j => i == j ? 1.0 : 0).ToArray());
        foreach (var row in Svm.SupportVectors.Select(n => GradientDescent.Data.Example(n).ToArray()).Concat(axes))
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
}
