using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Figure 5: training with perturbations of all weights every 100 epochs after the data are fitted, and the control without.
/// </summary>
internal static class PerturbedTraining
{
    private const string Config = "theory-iiib/figure-05", Arms = "descent.perturb.amplitude=0.25,0";

    /// <summary>The rates of the full size: the one that trains fastest, and a fifth of it.</summary>
    public static readonly string[] Rates = ["0.05", "0.01"];

    /// <summary>The arms: perturbed and control, one run per seed.</summary>
    public sealed record Pair(IReadOnlyList<IObservations> Perturbed, IReadOnlyList<IObservations> Control)
    {
        /// <summary>How much more a column changes in the epochs after each perturbation than in the control: a row a seed.</summary>
        public double[][] Jumps(string column, IReadOnlyList<int> at, int epochs)
        {
            double[] Changes(IObservations run) => [.. at.Select(e => Value(run, column, e + epochs) - Value(run, column, e))];
            return [.. Perturbed.Zip(Control, (p, c) => Changes(p).Zip(Changes(c), static (a, b) => a - b).ToArray())];
        }

        /// <summary>The last number of a column, perturbed minus control.</summary>
        public Spread AtTheEnd(string column) => Spread.Of(Perturbed.Zip(Control, (p, c) => p.Last(column) - c.Last(column)));
    }

    /// <summary>Digits, five seeds.</summary>
    public static Pair Quick(StudyContext context)
    {
        var runs = OfDigits.Runs(context);
        return new Pair([.. runs.Take(5)], [.. runs.Skip(5)]);
    }

    /// <summary>The epochs of the perturbations at quick size, or at full size.</summary>
    public static IReadOnlyList<int> Epochs(bool full = false) => Settings(full).Perturbation!.At;

    private static DescentConfig Settings(bool full) => First(full).Descent;

    private static DescentExperiment First(bool full) =>
        (DescentExperiment)MeasuredRun.Experiments(full ? Config : Config + "-quick")[0];

    /// <summary>
    /// What a perturbation does to log₁₀ ρ in the mean: noise of a times the spread of weights whose mean is about 0 multiplies E‖W_k‖² by
    /// 1 + a².
    /// </summary>
    public static double NormJump(bool full = false)
    {
        var experiment = First(full);
        var amplitude = experiment.Descent.Perturbation!.Amplitude;
        return experiment.Network!.Build(full ? new TensorShape(32, 32, 3) : new TensorShape(8, 8, 1)).Depth * .5
            * Math.Log10(1 + amplitude * amplitude);
    }

    /// <summary>
    /// A column just before each perturbation: it comes after its epoch, so that the observation of that epoch is the last without it.
    /// </summary>
    public static double[] Before(IObservations run, string column, IReadOnlyList<int> at) => [.. at.Select(e => Value(run, column, e))];

    /// <summary>CIFAR-10 at one of the rates: trained now at full size, otherwise what is kept, or null.</summary>
    public static Pair? Whole(StudyContext context, string rate)
    {
        if (context.Full)
            return OfImages(rate).Runs(context) is var runs ? new Pair([runs[0]], [runs[1]]) : null;
        return (KeptRun.Find(Config, $"perturbed-rate-{rate}"), KeptRun.Find(Config, $"control-rate-{rate}"))
            is ({ } perturbed, { } control) ? new Pair([perturbed], [control]) : null;
    }

    /// <summary>What full size trains.</summary>
    public static IReadOnlyList<Experiment> FullRuns() =>
        [.. Rates.SelectMany(static r => OfImages(r).Experiments())];

    /// <summary>What a person types for both sizes.</summary>
    public static IReadOnlyList<IFigureRun> Commands() => [OfDigits, .. Rates.Select(OfImages)];

    private static TrainingSweep OfDigits => new(Config + "-quick", Arms, "seed=0..4");

    private static TrainingSweep OfImages(string rate) => new(Config, Arms, Rate(rate), "data.test=2000");

    private static string Rate(string rate) => $"descent.learning-rate={rate}";

    private static double Value(IObservations run, string column, int epoch) => Array.IndexOf(run["epoch"], epoch) is >= 0 and var row
        ? run[column][row]
        : throw new ArgumentException($"epoch {epoch} was not observed", nameof(epoch));
}
