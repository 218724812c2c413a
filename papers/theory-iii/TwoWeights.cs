using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>The two-weight instance of Theory III's figure 2, followed once for every claim and figure that looks at it.</summary>
internal static class TwoWeights
{
    /// <summary>Gradient descent, as <c>figure-02.yaml</c> says.</summary>
    public static FlowRun GradientDescent { get; } = new("theory-iii/figure-02");

    /// <summary>The same flow written in (ρ, v).</summary>
    public static FlowRun InNormAndDirection { get; } = GradientDescent.With("flow.kind=reparametrized");

    /// <summary>Weight normalization.</summary>
    public static FlowRun WeightNormalization { get; } = GradientDescent.With("flow.kind=weight-normalization");

    /// <summary>In words, for claims.</summary>
    public static string Words =>
        $"linear unit with {Start.Length} weights, z = {string.Join(" and ", Examples.Select(z => Wording.Row(z)))}, w(0) = "
        + $"{Wording.Row(Start)}, L = Σ e^{{−w·z}}, DOP853/Radau in log t with relative tolerance "
        + Wording.Text(GradientDescent.Experiment.Flow.Relative);

    /// <summary>The maximum-margin direction: both examples are support vectors.</summary>
    public static HardMarginSolution Svm => field ??= HardMargin.Solve(GradientDescent.Data);

    /// <summary>w by gradient descent.</summary>
    public static IReadOnlyList<FlowPoint> Gd(StudyContext context) => GradientDescent.Points(context);

    /// <summary>The same flow written in (ρ, v).</summary>
    public static IReadOnlyList<FlowPoint> Reparametrized(StudyContext context) => InNormAndDirection.Points(context);

    /// <summary>Weight normalization.</summary>
    public static IReadOnlyList<FlowPoint> Wn(StudyContext context) => WeightNormalization.Points(context);

    private static double[] Start => [.. GradientDescent.Experiment.Init!.Weights![0][0]];

    private static double[][] Examples => [.. GradientDescent.Experiment.Data!.Inputs!.Select(static x => x.ToArray())];
}
