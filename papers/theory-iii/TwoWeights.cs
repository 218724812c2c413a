using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>The two-weight instance of Theory III's figure 2, followed once for every claim and figure that looks at it.</summary>
internal static class TwoWeights
{
    /// <summary>As <c>figure-02.yaml</c> says.</summary>
    public static FigureSetUp SetUp { get; } = FigureSetUp.Load("theory-iii/figure-02");

    /// <summary>In words, for claims.</summary>
    public const string Words = "linear unit with 2 weights, z = (1, .5) and (.4, 1.2), w(0) = (.3, −.1), L = Σ e^{−w·z}, DOP853/Radau in log t with relative tolerance 1e-12";

    /// <summary>The maximum-margin direction: both examples are support vectors.</summary>
    public static HardMarginSolution Svm { get; } = HardMargin.Solve(SetUp.Data);

    /// <summary>w by gradient descent.</summary>
    public static IReadOnlyList<FlowPoint> Gd(StudyContext context) => Follow(context, "gd", new UnconstrainedFlow(SetUp.Risk()));

    /// <summary>The same flow written in (ρ, v).</summary>
    public static IReadOnlyList<FlowPoint> Reparametrized(StudyContext context) => Follow(context, "reparametrized", new ReparametrizedFlow(SetUp.Risk()));

    /// <summary>Weight normalization.</summary>
    public static IReadOnlyList<FlowPoint> Wn(StudyContext context) => Follow(context, "wn", new WeightNormalizationFlow(SetUp.Risk()));

    private static readonly Instant[] Grid =
    [
        .. Enumerable.Range(0, 101).Select(i => Instant.FromT(i / 10.0))
            .Concat(Curves.Exponents(1.1, 20, 80).Concat(Curves.Exponents(20, 300, 141, 2, 4, 8, 16, 50, 100, 200, 300)).Order().Instants()).DistinctBy(t => t.Log10T),
    ];

    private static IReadOnlyList<FlowPoint> Follow(StudyContext context, string name, Flow flow) => context.Shared<IReadOnlyList<FlowPoint>>(
        $"theory-iii/two-weights/{name}", () => [.. flow.From(SetUp.Start, SetUp.Options).At(Grid, context.Cancellation)]);
}
