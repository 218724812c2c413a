using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Three examples of which one alone is at the maximum margin: the case of one support vector that T3 §5 names, with other examples beside
/// it.
/// </summary>
internal static class OneOfThree
{
    /// <summary>Gradient descent from the start of <c>figure-02.yaml</c>.</summary>
    public static FlowRun GradientDescent { get; } = TwoWeights.GradientDescent.With(
        Override.Data(new Dataset("one of three at the margin", [1, .5, 2, .3, 1, 1.5], [1, 1, 1], 2)));

    /// <summary>Weight normalization.</summary>
    public static FlowRun WeightNormalization { get; } = GradientDescent.With("flow.kind=weight-normalization");

    /// <summary>The examples.</summary>
    public static Dataset Data => GradientDescent.Data;

    /// <summary>The maximum-margin direction, that of the first example.</summary>
    public static HardMarginSolution Svm => field ??= HardMargin.Solve(Data);
}
