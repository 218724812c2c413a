using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b66: no measurement decides; stochastic gradient descent without normalization ends no nearer to stationarity for every example
/// than gradient descent, and its features vary a little less.
/// </summary>
internal static class MinibatchesAndCollapse
{
    private const string Config = "square-loss/collapse-minibatch";
    private static readonly (int Batch, int Epochs)[] Sizes = [(1, 15), (5, 75), (20, 300), (200, 3000)];
    private const double Reached = .05, TwoClassRate = .01;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b66-minibatches-bring-collapse",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "Appendix E.3, eq. 39–40; footnote 8; appendix G",
        Hypothesis = "Normalization and weight decay λ > 0, SGD with minibatches at a point where every step "
            + "vanishes (appendix E.3, eq. 39).",
        Statement = "SGD with minibatches is stationary only where every example is, so that with weight decay ∂f(x_n)/∂V_k = V_k f(x_n) "
            + "for all n, from which NC1 to NC4 follow.",
        SetUp = $"Digits in ten classes, {Sizes[^1].Batch} examples, ReLU net 64-32-32-32-10 without normalization (its statistics would "
            + $"depend on the minibatch too), square loss, λ = .001, constant rate .05, no momentum, {Wording.Count(Sizes[^1].Epochs)} "
            + $"steps with minibatches of {string.Join(", ", Sizes[..^1].Select(s => s.Batch))} and all {Sizes[^1].Batch}, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]} (papers/square-loss/collapse-minibatch.yaml). Eq. 40, ‖V_kf_n − "
            + "∂f_n/∂V_k‖/‖∂f_n/∂V_k‖, in the paper's setting of one output: the same for 3 against 8, 64-32-32-32-1, rate "
            + $"{Wording.Short(TwoClassRate)}, minibatches of {Sizes[0].Batch} and {Sizes[^1].Batch}; with ten outputs f is the margin "
            + "f_y − max f_j, of which eq. 40 is out of reach for the last layer (two of its rows matter). Taken as reached: a residual "
            + $"of {Wording.Short(Reached)}; none of these networks is judged. No measurement decides: by b125 no such point exists for "
            + "two classes behind ReLUs, so that the implication is empty.",
        Expected = "Residual 0 and NC1 → 0 with minibatches.",
        History = ["was ✗ until 2026-11-28, because networks that SGD keeps moving, and without normalization, were "
            + "taken for its stationary points"],
        FullRuns = () => [.. Sizes.SelectMany(s => MeasuredRun.Experiments(Config, TenClasses(s, full: true))),
            .. new[] { Sizes[0], Sizes[^1] }.SelectMany(s => MeasuredRun.Experiments(Config, TwoClasses(s, full: true)))],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var runs = Sizes.Select(s => MeasuredRun.Of(context, Config, TenClasses(s, context.Full))).ToArray();
        var full = runs[^1];
        IReadOnlyList<MeasuredRun> one = MeasuredRun.Of(context, Config, TwoClasses(Sizes[0], context.Full)), all =
            MeasuredRun.Of(context, Config, TwoClasses(Sizes[^1], context.Full));
        judge.Premise.That("all took as many steps", runs.All(r => r.All(run => run.Last("step") == full[0].Last("step"))));
        judge.Premise.AtMost("largest median training error", runs.Append(one).Append(all).Max(r => r.Last("train_error").Median), .02);
        foreach (var column in new[] { "nc1_pinv", "nc1_trace_ratio", "nc2_equiangularity", "nc3_distance", "nc4_disagreement" })
            judge.Measure($"{column}: median of five, minibatches of 1, 5, 20, 200", [.. runs.Select(r => r.Last(column).Median)]);
        foreach (var k in new[] { 1, 2, 3, 4 })
        {
            judge.Measure($"ten classes, mean residual of layer {k}: median of five, minibatches of 1, 5, 20, 200",
                [.. runs.Select(r => r.Last($"example_residual_mean_{k}").Median)]);
            judge.Measure($"3 against 8, mean residual of layer {k}, minibatches of 1, by seed", one.BySeed($"example_residual_mean_{k}"));
            judge.Measure($"3 against 8, mean residual of layer {k}, all examples, by seed", all.BySeed($"example_residual_mean_{k}"));
        }
        judge.Measure("tr Σ_W/tr Σ_B, minibatches of 5, by seed", runs[1].BySeed("nc1_trace_ratio"));
        judge.Measure("tr Σ_W/tr Σ_B, all examples, by seed", full.BySeed("nc1_trace_ratio"));
        // With decay SGD at a constant rate never comes to rest (b57), and without normalization eq. 39 is not what it would rest at.
        judge.Hypothesis.That("SGD rests where every step vanishes, with normalization (here without, at a constant rate, at which with "
            + "decay it goes on for ever: b57; in networks of more than one direction of inputs eq. 40 has no solution: b38)", false);
        judge.Printed.AtMost("residual of eq. 40 where every step of SGD vanishes, with normalization (no such point was reached)",
            double.NaN, Reached);
        judge.Amended("examples are as far from stationarity with minibatches as without")
            .AtLeast("3 against 8: least ratio of the median residual with minibatches of 1 to that with all examples, four layers",
            Enumerable.Range(1, 4).Min(k => one.Last($"example_residual_mean_{k}").Median / all.Last($"example_residual_mean_{k}").Median),
                .8);
        judge.Amended("without normalization, after as many steps, features vary less within classes with minibatches").AtMost("largest "
            + "ratio of the median tr Σ_W/tr Σ_B with minibatches to that with all examples",
            runs[..^1].Max(r => r.Last("nc1_trace_ratio").Median) / full.Last("nc1_trace_ratio").Median, 1);

        var training = new Panel("Medians of five", new Axis("steps", Scale.Log, Min: 10), new Axis("tr Σ_W/tr Σ_B", Scale.Log));
        foreach (var (size, i) in Sizes.Select((s, i) => (s.Batch, i)))
            training = training.Line(size == 200 ? "all 200 examples" : $"minibatches of {size}", runs[i][0]["step"][1..],
                WithinClassVariability.Middle(runs[i], "nc1_trace_ratio")[1..]);
        double[] at = [.. Sizes.SelectMany(s => Enumerable.Repeat((double)s.Batch, 5))];
        Panel Over(string title, string y, Scale scale, double? max, (string Name, string Column)[] columns)
        {
            var panel = new Panel(title, new Axis("examples of a minibatch", Scale.Log, Min: .7, Max: 300),
                new Axis(y, scale, Min: scale == Scale.Log ? null : 0, Max: max));
            foreach (var (name, column) in columns) panel = panel.Points(name, at, [.. runs.SelectMany(r => r.BySeed(column))]);
            return panel;
        }
        var chart = new Chart(training,
            Over("After 3,000 steps, five seeds", "deviation", Scale.Log, 2,
                [("NC1 tr(Σ_WΣ_B⁺)/C", "nc1_pinv"), ("NC1 tr Σ_W/tr Σ_B", "nc1_trace_ratio"),
                ("NC2 mean |cos + 1/9|", "nc2_equiangularity"), ("NC3 distance", "nc3_distance")]),
            new Panel("3 against 8: every example, five seeds", new Axis("layer", Min: .5, Max: 4.5),
                new Axis("mean of ‖V_kf_n − ∂f_n/∂V_k‖/‖∂f_n/∂V_k‖", Min: 0, Max: 1.05))
                .Points("one example a step", Layers(-.07), ByLayer(one)).Points("all examples a step", Layers(.07), ByLayer(all))
                .Level("claimed: 0", 0))
        { Columns = 3 };
        string Residual(IReadOnlyList<MeasuredRun> r, int k) => Wording.Text(r.Last($"example_residual_mean_{k}").Median);
        string M(int i, string column) => Wording.Text(runs[i].Last(column).Median);
        return judge.Outcome(chart: chart,
            open: "No measurement decides: by b125 no such point exists for two classes behind ReLUs, so that the implication is empty.",
            caption: "Without normalization the minibatch changes the speed of the collapse, not the residuals of the examples. For 3 "
                + $"against 8 the mean residuals of eq. 40 in the first and last layer are {Residual(one, 1)} and {Residual(one, 4)} "
                + $"with one example a step, {Residual(all, 1)} and {Residual(all, 4)} with all. Ten classes, tr Σ_W/tr Σ_B after 3,000 "
                + $"steps: {M(0, "nc1_trace_ratio")}, {M(1, "nc1_trace_ratio")}, {M(2, "nc1_trace_ratio")} with minibatches of 1, 5, 20, "
                + $"and {M(3, "nc1_trace_ratio")} with all: minibatches help a little. At a constant rate SGD does not come to rest, so "
                + "that eq. 39, which needs every step to vanish, is not reached; where it is, ℓ_n = 0 would do. Minibatches in eq. 5 "
                + "and 6 at a rate that falls, which do come to rest: b128.");
    }

    // Full size: ten times as many steps.
    private static string[] TenClasses((int Batch, int Epochs) size, bool full) =>
        [$"descent.batch={size.Batch}", $"descent.epochs={size.Epochs * (full ? 10 : 1)}", "seed=0..4"];

    private static string[] TwoClasses((int Batch, int Epochs) size, bool full) =>
        [FormattableString.Invariant($"descent.learning-rate={TwoClassRate}"), "data.classes=[\"3\", \"8\"]", "data.test=150",
        "network.layers=[{dense: 32}, relu, {dense: 32}, relu, {dense: 32}, relu, {dense: 1}]", .. TenClasses(size, full)];

    private static double[] Layers(double shift) => [.. Enumerable.Range(1, 4).SelectMany(k => Enumerable.Repeat(k + shift, 5))];

    private static double[] ByLayer(IReadOnlyList<MeasuredRun> runs) =>
        [.. Enumerable.Range(1, 4).SelectMany(k => runs.BySeed($"example_residual_mean_{k}"))];
}
