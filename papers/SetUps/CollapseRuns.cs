using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Papers.SetUps;

/// <summary>The digits networks of square-loss/collapse.yaml, five starts of each kind, shared by the claims on neural collapse.</summary>
internal static class CollapseRuns
{
    private const string Config = "square-loss/collapse", Seeds = "seed=0..4";

    /// <summary>λ of the sweep.</summary>
    public static readonly double[] Decays = [0, .00025, .001, .004, .016];

    /// <summary>What the first computations used is the second; collapse is nearest at this one.</summary>
    public const double Strong = .004;

    /// <summary><see cref="Decays"/> in words.</summary>
    public static string DecaysText { get; } = string.Join(", ", Decays.Select(static d => Wording.Short(d)));

    /// <summary><see cref="Strong"/> in words.</summary>
    public static string StrongText { get; } = Wording.Short(Strong);

    private static readonly string[] NormalizedSweep = [$"descent.weight-decay={string.Join(',', Decays.Select(Text))}"];
    private static readonly string[] PlainSweep = ["descent.weight-decay=0,0.001", Layers([64, 64, 64], 10, normalized: false)];
    private static readonly string[] TwoClassSweep =
        ["descent.weight-decay=0,0.004,0.016", Layers([64, 64, 64], 1, normalized: true), "data.classes=[\"3\", \"8\"]", "data.train=200",
            "data.test=150"];

    /// <summary>With batch normalization, by λ of <see cref="Decays"/>.</summary>
    public static IReadOnlyList<MeasuredRun> Normalized(StudyContext context, double decay) => Five(context, decay, NormalizedSweep);

    /// <summary>Without batch normalization, λ = 0 or .001.</summary>
    public static IReadOnlyList<MeasuredRun> Plain(StudyContext context, bool decay) => Five(context, decay ? .001 : 0, PlainSweep);

    /// <summary>3 and 8 alone: one output, targets ±1; λ = 0, .004 or .016.</summary>
    public static IReadOnlyList<MeasuredRun> TwoClasses(StudyContext context, double decay) => Five(context, decay, TwoClassSweep);

    /// <summary>
    /// How often decay alone has reduced the norms of the layers e-fold in the end, 2λ Σ η/(1 − μ) over all steps: 1 after (1 − μ)/(2ηλ)
    /// steps
    /// at a constant rate.
    /// </summary>
    public static double Folds(MeasuredRun run) => Folds(((DescentExperiment)run.Experiment).Descent, run.Last("t"));

    /// <inheritdoc cref="Folds(MeasuredRun)"/>
    /// <param name="descent">λ, the same for all layers, and μ.</param>
    /// <param name="t">Σ η.</param>
    public static double Folds(DescentConfig descent, double t) =>
        2 * descent.WeightDecay[0] * t / (1 - descent.Optimizer.Values.GetValueOrDefault("momentum"));

    /// <summary>Hidden layers of other widths, λ = .004.</summary>
    public static IReadOnlyList<MeasuredRun> Hidden(StudyContext context, params int[] widths) =>
        Five(context, Strong, HiddenSweep(widths));

    /// <summary>What full size trains for all but <see cref="Hidden"/>.</summary>
    public static IReadOnlyList<Experiment> FullRuns() =>
        [.. new[] { NormalizedSweep, PlainSweep, TwoClassSweep }.SelectMany(sweep =>
            MeasuredRun.Experiments(Config, Overrides(sweep, full: true)))];

    /// <summary>What full size trains for <see cref="Hidden"/>.</summary>
    public static IReadOnlyList<Experiment> FullRuns(IEnumerable<int[]> hidden) =>
        [.. hidden.SelectMany(widths => MeasuredRun.Experiments(Config, Overrides(HiddenSweep(widths), full: true)))];

    /// <summary>The median over seeds of the last number of a column, with its extremes.</summary>
    public static Spread Last(this IReadOnlyList<MeasuredRun> runs, string column) => Spread.Of(runs.Select(r => r.Last(column)));

    /// <summary>The last numbers of a column, by seed.</summary>
    public static double[] BySeed(this IReadOnlyList<MeasuredRun> runs, string column) => [.. runs.Select(r => r.Last(column))];

    // The same call for every claim, so that a group of replicas is trained once.
    private static MeasuredRun[] Five(StudyContext context, double decay, string[] sweep) =>
        [.. MeasuredRun.Of(context, Config, Overrides(sweep, context.Full))
            .Where(run => ((DescentExperiment)run.Experiment).Descent.WeightDecay[0] == decay)];

    // Full size: ten times the epochs, and all digits that the 500 test examples leave where all classes are taken.
    private static string[] Overrides(string[] sweep, bool full) =>
        [.. sweep, .. full ? (string[])["descent.epochs=3000", .. sweep == TwoClassSweep ? (string[])[] : ["data.train=1297"]] : [], Seeds];

    private static string[] HiddenSweep(int[] widths) => [Layers(widths, 10, normalized: true)];

    private static string Layers(IReadOnlyList<int> hidden, int outputs, bool normalized) =>
        $"network.layers=[{string.Concat(hidden.Select(w => $"{{dense: {w}}}, {(normalized ? "batch-norm, " : "")}relu, "))}{{dense: "
        + $"{outputs}}}]";

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
