using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SetUps;

/// <summary>What is told apart in square-loss/collapse-at-rest.yaml.</summary>
internal enum RestedTask
{
    /// <summary>3 against 8, labels ±1.</summary>
    OneOutput,

    /// <summary>3 against 8, an output for each, codes +1 and −1 (SQ App. G).</summary>
    TwoOutputs,

    /// <summary>Ten digits, codes 0 and 1.</summary>
    TenClasses,
}

/// <summary>
/// Five starts of digits networks that were trained until they rest, all examples a step: what was kept of
/// square-loss/collapse-at-rest.yaml
/// in papers/square-loss/results/collapse-at-rest, a table for each task, setting and λ.
/// </summary>
internal sealed class RestedRuns
{
    // “Close to zero” has no bound in the paper; this is b38's.
    private const double NearZero = .01;

    private static readonly (RestedTask Task, string File, string Words)[] s_tasks =
    [
        (RestedTask.OneOutput, "one", "3 against 8, one output"), (RestedTask.TwoOutputs, "two", "3 against 8, two outputs"),
        (RestedTask.TenClasses, "ten", "ten digits"),
    ];

    private static readonly (string File, string Words, double[] Decays)[] s_settings =
    [
        ("bn-wd", "normalization and decay", [.3, .03, .003]), ("wd", "decay alone", [.01, .001, .0001]),
        ("bn", "normalization alone", [0]),
    ];

    private const string Sine = "last_layer_sine";

    // Where those that went on were cut off, without having reached their own rule.
    private const double LastEpoch = 60_000;

    /// <summary>How much of NC1 and of ρ may still change in the second half of training where features count as at rest.</summary>
    private const double Still = .02;

    private readonly double[] _seeds;
    private readonly KeptRun _kept;

    private readonly bool _goneOn;

    private RestedRuns(RestedTask task, string setting, double decay, string name, KeptRun kept, bool goneOn = false)
    {
        (Task, Setting, Decay, Name, _kept, _goneOn) = (task, setting, decay, name, kept, goneOn);
        _seeds = kept["seed"];
        Seeds = [.. _seeds.Distinct()];
    }

    /// <summary>How they were trained, for set-ups.</summary>
    public static string Words { get; } = "Trained to rest: digits, all examples a step (3 against 8: 100 examples, 64-32-32-1, and two "
        + "outputs with codes ±1 as in appendix G; ten classes: 200 examples, 64-32-32-10), seeds 0–4, until no layer moves by more than "
        + "a thousandth of its norm in (1 − μ)/(2ηλ) steps, the time of decay of the last layer, or to a last epoch (which ones is "
        + "said). Normalization and decay: batch normalization, which the memo's key assumption identifies with eq. 5 and 6 and ρ_k = 1 "
        + $"for k < L; the hidden layers begin with norm 1 and do not decay, the last decays, λ = {Listed(0)}. sin ∠(V_L, ∂L/∂V_L) at "
        + "the end is by the statistics of the whole set; training has running ones, which take the variance of N − 1, so that residuals "
        + "as small as those at rest are others, and the mean square error at λ = .03 and less is mostly that difference. Decay alone, "
        + $"of all layers: λ = {Listed(1)}. Normalization alone: λ = 0, to the end of its loss "
        + "(papers/square-loss/collapse-at-rest.yaml; kept)";

    /// <summary>Which data and outputs.</summary>
    public RestedTask Task { get; }

    /// <summary>Normalization, decay or both, in words.</summary>
    public string Setting { get; }

    /// <summary>λ.</summary>
    public double Decay { get; }

    /// <summary>Task, setting and λ in words.</summary>
    public string Name { get; }

    /// <summary>Whether batch normalization and decay act, as the memo supposes.</summary>
    public bool IsTheModel => Setting == s_settings[0].Words;

    /// <summary>Whether decay acts without normalization.</summary>
    public bool IsDecayAlone => Setting == s_settings[1].Words;

    private double[] Seeds { get; }

    /// <summary>All of a task that were run, in the order of settings and of falling λ.</summary>
    public static IReadOnlyList<RestedRuns> Of(RestedTask task)
    {
        var (_, file, words) = Array.Find(s_tasks, t => t.Task == task);
        return [.. s_settings.SelectMany(s => s.Decays.Select(decay => (s, decay))).Select(e =>
        {
            var lambda = e.decay == 0 ? "" : FormattableString.Invariant($"-{e.decay}");
            var name = $"{words}, {e.s.Words}{(e.decay == 0 ? "" : $", λ = {Wording.Short(e.decay)}")}";
            return Kept($"{file}-{e.s.File}{lambda}") is { } kept ? new RestedRuns(task, e.s.Words, e.decay, name, kept) : null;
        }).OfType<RestedRuns>()];
    }

    /// <summary>Both forms of two classes.</summary>
    public static IReadOnlyList<RestedRuns> TwoClasses() => [.. Of(RestedTask.OneOutput), .. Of(RestedTask.TwoOutputs)];

    /// <summary>
    /// Two classes with normalization and decay at the largest λ, gone on from where they rest towards a hundredth of the motion
    /// (descent.stop.rest=1e-5), which none reached in 60,000 epochs.
    /// </summary>
    public static IReadOnlyList<RestedRuns> GoneOn() => [.. TwoClasses()
        .Where(static r => r.IsTheModel && r.Decay == s_settings[0].Decays[0])
        .Select(static r => new RestedRuns(r.Task, r.Setting, r.Decay, $"{r.Name}, gone on",
            Kept($"{(r.Task == RestedTask.OneOutput ? "one" : "two")}-on")!, goneOn: true))];

    /// <summary>A column of one start, an observation a number.</summary>
    public double[] Curve(string column, int seed) => Select(_kept[column], seed);

    /// <summary>The last numbers of a column, by seed.</summary>
    public double[] Last(string column) => [.. Enumerable.Range(0, Seeds.Length).Select(seed => Curve(column, seed)[^1])];

    /// <summary>Their median.</summary>
    public double Median(string column) => Spread.Of(Last(column)).Median;

    /// <summary>The mean square error of an output at the end, by seed.</summary>
    public double[] MeanSquares() =>
        [.. Last("log10_loss").Select(l => Math.Pow(10, l) / Outputs)];

    private int Outputs => Task switch { RestedTask.OneOutput => 1, RestedTask.TwoOutputs => 2, _ => 10 };

    /// <summary>
    /// Ten classes: ‖Ŵ/‖Ŵ‖ − M/‖M‖‖ with Ŵ the rows of W_L less their mean, by seed. With codes 0 and 1 and no bias the mean row does what
    /// a bias would, and is no part of Papyan's NC3.
    /// </summary>
    public double[] CentredDistances() => [.. Last("nc3_cosine").Zip(Last("rows_centred"),
        static (cosine, share) => Math.Sqrt(Math.Max(0, 2 - 2 * cosine / share)))];

    /// <summary>
    /// The seeds whose training came to rest, classifies all its examples and has a near-zero loss; where sin ∠(V_L, ∂L/∂V_L) was measured
    /// by the statistics of the whole set, it is that of <see cref="CollapseRest.Bound"/> as well.
    /// </summary>
    public int[] AtRest()
    {
        double[] rests = Rests(), error = Last("train_error"), square = MeanSquares();
        var sine = _kept.Has(Sine) ? Last(Sine) : null;
        return [.. Enumerable.Range(0, rests.Length).Where(i => rests[i] == 1 && error[i] == 0 && square[i] <= NearZero
            && !(sine?[i] > CollapseRest.Bound))];
    }

    /// <summary>1 where training ended by its rule of rest, by seed; what went on does not rest where it was cut off.</summary>
    public double[] Rests() => [.. Last("rests").Zip(Last("epoch"), (rests, epoch) => _goneOn && epoch >= LastEpoch ? 0 : rests)];

    /// <summary>
    /// Requires that the features rest too, of which the rule of training, whose time is that of the last layer's decay, says little: tr
    /// Σ_W/tr Σ_B and ρ at half of the training of those at rest are within 2 % of what they are at the end.
    /// </summary>
    public void RequireFeaturesAtRest(Judge judge, int[] resting)
    {
        if (resting.Length == 0) return;
        foreach (var (words, column) in new[] { ("tr Σ_W/tr Σ_B", "nc1_trace_ratio"), ("ρ", "rho") })
        {
            var half = HalfTime(column);
            judge.Hypothesis.In($"{Name}, {resting.Length} of 5 with the last layer at rest").AtMost(
                $"features at rest: largest change of {words} in the second half of training",
                resting.Max(i => Math.Abs(half[i] - 1)), Still);
        }
    }

    /// <summary>Records how long decay acted, what the loss was and who rests; returns <see cref="AtRest"/>.</summary>
    public int[] Resting(Judge judge)
    {
        var resting = AtRest();
        judge.Measure($"{Name}: times (1 − μ)/(2ηλ) until rest or the last epoch, by seed", Last("decay_times"));
        judge.Measure($"{Name}: mean square error, by seed", MeanSquares());
        judge.Measure($"{Name}: training error, by seed", Last("train_error"));
        if (_kept.Has(Sine)) judge.Measure($"{Name}: sin ∠(V_L, ∂L/∂V_L) at the end, by seed", Last(Sine));
        judge.Measure($"{Name}: starts of five that rest, at near-zero loss", resting.Length);
        return resting;
    }

    /// <summary>A column at the observation nearest to half of the training over what it is at the end, by seed: how much it still
    /// moves.</summary>
    public double[] HalfTime(string column) => [.. Enumerable.Range(0, Seeds.Length).Select(seed =>
    {
        double[] epochs = Curve("epoch", seed), values = Curve(column, seed);
        var half = Enumerable.Range(0, epochs.Length).MinBy(i => Math.Abs(Math.Log(Math.Max(epochs[i], 1) / (epochs[^1] / 2))));
        return values[half] / values[^1];
    })];

    /// <summary>
    /// Medians of the starts against the time of decay, as long as all are in training, and of their ends (without decay: against the epoch
    /// over 10,000).
    /// </summary>
    public (double[] Times, double[] Values) Middle(string column)
    {
        var time = Decay > 0 ? "decay_times" : "epoch";
        double[][] times = [.. Seeds.Select((_, i) => Curve(time, i))], values = [.. Seeds.Select((_, i) => Curve(column, i))];
        var scale = Decay > 0 ? 1 : 1e-4;
        var shared = Enumerable.Range(1, times.Min(static t => t.Length) - 1).TakeWhile(i => times.All(t => t[i] == times[0][i])).ToArray();
        double[] middle = [.. shared.Select(i => times[0][i] * scale)],
            of = [.. shared.Select(i => Spread.Of(values.Select(v => v[i])).Median)];
        var end = Spread.Of(times.Select(static t => t[^1])).Median * scale;
        return middle.Length > 0 && middle[^1] >= end ? (middle, of) : ([.. middle, end], [.. of, Median(column)]);
    }

    private static KeptRun? Kept(string name) => KeptRun.Find("square-loss/collapse-at-rest", name);

    private static string Listed(int setting) => string.Join(", ", s_settings[setting].Decays.Select(static d => Wording.Short(d)));

    private double[] Select(double[] column, int seed) => [.. column.Where((_, i) => _seeds[i] == Seeds[seed])];
}
