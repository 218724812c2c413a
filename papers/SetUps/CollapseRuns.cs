using System.Globalization;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers;

/// <summary>The digits networks of square-loss/collapse.yaml, five starts of each kind, shared by the claims on neural collapse.</summary>
internal static class CollapseRuns
{
    private const string Config = "square-loss/collapse", Seeds = "seed=0..4";

    /// <summary>λ of the sweep.</summary>
    public static readonly double[] Decays = [0, .00025, .001, .004, .016];

    /// <summary>What the catalogue used is the second; collapse is nearest at this one.</summary>
    public const double Strong = .004;

    /// <summary>With batch normalization, by λ of <see cref="Decays"/>.</summary>
    public static IReadOnlyList<MeasuredRun> Normalized(StudyContext context, double decay) =>
        Five(context, decay, [$"descent.weight-decay={string.Join(',', Decays.Select(Text))}"]);

    /// <summary>Without batch normalization, λ = 0 or .001.</summary>
    public static IReadOnlyList<MeasuredRun> Plain(StudyContext context, bool decay) =>
        Five(context, decay ? .001 : 0, ["descent.weight-decay=0,0.001", Layers([64, 64, 64], 10, normalized: false)]);

    /// <summary>3 and 8 alone: one output, targets ±1; λ = 0 or .004.</summary>
    public static IReadOnlyList<MeasuredRun> TwoClasses(StudyContext context, bool decay) =>
        Five(context, decay ? Strong : 0, ["descent.weight-decay=0,0.004", Layers([64, 64, 64], 1, normalized: true), "data.classes=[\"3\", \"8\"]", "data.train=200", "data.test=150"], train: false);

    /// <summary>Hidden layers of other widths, λ = .004.</summary>
    public static IReadOnlyList<MeasuredRun> Hidden(StudyContext context, params int[] widths) => Five(context, Strong, [Layers(widths, 10, normalized: true)]);

    /// <summary>The median over seeds of the last number of a column, with its extremes.</summary>
    public static Spread Last(this IReadOnlyList<MeasuredRun> runs, string column) => Spread.Of(runs.Select(r => r.Last(column)));

    /// <summary>The last numbers of a column, by seed.</summary>
    public static double[] BySeed(this IReadOnlyList<MeasuredRun> runs, string column) => [.. runs.Select(r => r.Last(column))];

    // The same call for every claim, so that a group of replicas is trained once.
    private static MeasuredRun[] Five(StudyContext context, double decay, string[] overrides, bool train = true)
    {
        string[] full = context.Full ? ["descent.epochs=3000", .. train ? (string[])["data.train=1297"] : []] : [];
        return [.. MeasuredRun.Of(context, Config, [.. overrides, .. full, Seeds]).Where(run => run.Experiment.Descent!.WeightDecay[0] == decay)];
    }

    private static string Layers(IReadOnlyList<int> hidden, int outputs, bool normalized) =>
        $"network.layers=[{string.Concat(hidden.Select(w => $"{{dense: {w}}}, {(normalized ? "batch-norm, " : "")}relu, "))}{{dense: {outputs}}}]";

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
