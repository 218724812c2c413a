using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Networks with batch normalization and decay at several learning rates η, λ and minibatches B, each trained for ten times the
/// (1 − μ)/(2ηλ) steps in which decay acts, and what their norms are over the second half.
/// </summary>
internal static class NormRates
{
    /// <summary>Paper key and file.</summary>
    public const string Config = "square-loss/norm-rates";

    /// <summary>Times (1 − μ)/(2ηλ) steps that each is trained for.</summary>
    public const int Folds = 10;

    private const string KeptName = "runs";
    private const int Examples = 256, QuickExamples = 32;

    // As in the config.
    private const double Momentum = .9;

    private static readonly string[] s_small = ["data.train=32",
        "network.layers=[{dense: 16}, batch-norm, relu, {dense: 16}, batch-norm, relu, {dense: 16}, batch-norm, relu, {dense: 1}]"];

    /// <summary>η, λ and B.</summary>
    public sealed record Setting(double Rate, double Lambda, int Batch);

    /// <summary>From η = .02, λ = .005 and B = 64 one is changed, or η and λ with their product kept.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new(.02, .005, 64), new(.005, .005, 64), new(.01, .005, 64), new(.04, .005, 64),
        new(.02, .00125, 64), new(.02, .0025, 64), new(.02, .01, 64), new(.02, .02, 64),
        new(.02, .005, 16), new(.02, .005, 32), new(.02, .005, 128), new(.02, .005, 256),
        new(.04, .0025, 64), new(.01, .01, 64), new(.005, .02, 64),
    ];

    /// <summary>Two rates, with narrower layers on fewer examples.</summary>
    public static IReadOnlyList<Setting> QuickSettings { get; } = [new(.02, .005, 16), new(.04, .005, 16)];

    /// <summary>What one training ended with: geometric means over the second half of training.</summary>
    /// <param name="Of">η, λ, B.</param>
    /// <param name="Seed">Seed.</param>
    /// <param name="Last">ρ_L = ‖W_L‖.</param>
    /// <param name="Product">∏ρ_k, batch normalization folded in.</param>
    /// <param name="Inner">∏_{k&lt;L} ‖W_k‖^{1/(L−1)} of the weights as they are trained.</param>
    /// <param name="Loss">Mean of (g − y)².</param>
    /// <param name="OverEquilibrium">ρ_L over SQ eq. 7 with f = g/ρ_L.</param>
    public sealed record Row(Setting Of, long Seed, double Last, double Product, double Inner, double Loss, double OverEquilibrium);

    /// <summary>The longer runs: trained at full size, otherwise what is kept of them; empty where nothing is.</summary>
    public static IReadOnlyList<Row> Long(StudyContext context)
    {
        if (context.Full)
        {
            var rows = Trained(context, All, Examples, []);
            Table(rows).Write(context, Config, KeptName);
            return rows;
        }
        if (KeptRun.Find(Config, KeptName) is not { } kept) return [];
        return [.. Enumerable.Range(0, kept["seed"].Length).Select(i => new Row(new(kept["rate"][i], kept["lambda"][i],
            (int)kept["batch"][i]),
            (long)kept["seed"][i], kept["rho_last"][i], kept["rho"][i], kept["inner_norm"][i], kept["mean_square"][i],
            kept["over_equilibrium"][i]))];
    }

    /// <summary>The quick runs.</summary>
    public static IReadOnlyList<Row> Quick(StudyContext context) => Trained(context, QuickSettings, QuickExamples, s_small);

    /// <summary>N of the longer or of the quick runs.</summary>
    public static int ExamplesOf(IReadOnlyList<Row> rows) => rows[0].Of == All[0] ? Examples : QuickExamples;

    /// <summary>What full size trains.</summary>
    public static IReadOnlyList<Experiment> FullRuns() => [.. All.SelectMany(static s => Sweep(s, Examples, []).Experiments())];

    /// <summary>A row a run.</summary>
    public static KeptTable Table(IEnumerable<Row> rows) =>
        new(["rate", "lambda", "batch", "seed", "rho_last", "rho", "inner_norm", "mean_square", "over_equilibrium"],
            [.. rows.Select(static r => (double[])[r.Of.Rate, r.Of.Lambda, r.Of.Batch, r.Seed, r.Last, r.Product, r.Inner, r.Loss,
                r.OverEquilibrium])]);

    /// <summary>
    /// The exponent of a quantity in one of η, λ, B: of every seed the slope of its logarithm, with mean and standard error over the
    /// seeds.
    /// </summary>
    /// <param name="rows">Runs in which nothing else differs.</param>
    /// <param name="of">The quantity.</param>
    /// <param name="by">What is varied.</param>
    public static (double Mean, double Error) Exponent(IEnumerable<Row> rows, Func<Row, double> of, Func<Setting, double> by)
    {
        double[] slopes = [.. rows.GroupBy(static r => r.Seed).Select(g =>
            LinearRegression.Of([.. g.Select(r => Math.Log(by(r.Of)))], [.. g.Select(r => Math.Log(of(r)))]).Slope)];
        var mean = slopes.Average();
        return (mean, Math.Sqrt(slopes.Sum(s => (s - mean) * (s - mean)) / (slopes.Length - 1) / slopes.Length));
    }

    private static TrainingSweep Sweep(Setting setting, int examples, string[] overrides)
    {
        static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
        var epochs = (int)(Folds * (1 - Momentum) / (2 * setting.Rate * setting.Lambda) * setting.Batch / examples + 1e-9);
        return new(Config, [$"seed={Spread.Seeds[0]}..{Spread.Seeds[^1]}", $"descent.learning-rate={Text(setting.Rate)}",
            $"descent.weight-decay={Text(setting.Lambda)}", $"descent.batch={setting.Batch}", $"descent.epochs={epochs}",
            $"observe.at={{every: {epochs / 50} epochs}}", .. overrides]);
    }

    private static Row[] Trained(StudyContext context, IReadOnlyList<Setting> settings, int examples, string[] overrides) =>
        [.. settings.SelectMany(s => Sweep(s, examples, overrides).Runs(context).Select((run, i) => Of(s, Spread.Seeds[i], run)))];

    private static Row Of(Setting setting, long seed, MeasuredRun measured)
    {
        var run = NormTraining.Of(measured);
        double Late(IEnumerable<double> column)
        {
            var epochs = run["epoch"];
            return Math.Exp(column.Where((_, i) => epochs[i] >= epochs[^1] / 2).Average(Math.Log));
        }
        double[] last = run.LastNorm;
        return new(setting, seed, Late(last), Late(run["rho"]),
            Math.Pow(Enumerable.Range(1, NormTraining.Layers - 1).Aggregate(1.0, (p, k) => p * Late(run[$"rho_raw_{k}"])),
                1.0 / (NormTraining.Layers - 1)),
            Late(run["log10_loss"].Select(static l => Math.Pow(10, l))), Late(last.Zip(run.LastEquilibrium(setting.Lambda), static (a,
                b) => a / b)));
    }
}
