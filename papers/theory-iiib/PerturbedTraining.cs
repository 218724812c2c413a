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

    /// <summary>Seeds on images, at full size.</summary>
    public static IReadOnlyList<long> ImageSeeds { get; } = [0, 1, 2];

    /// <summary>Those of which both arms are kept.</summary>
    public static IReadOnlyList<long> KeptSeeds { get; } =
        [.. ImageSeeds.Where(static s => Kept("perturbed", s) is not null && Kept("control", s) is not null)];

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

    /// <summary>CIFAR-10: trained now at full size, otherwise the seeds that are kept, or null.</summary>
    public static Pair? Images(StudyContext context)
    {
        if (context.Full)
        {
            var runs = OfImages.Runs(context);
            return new Pair([.. runs.Take(ImageSeeds.Count)], [.. runs.Skip(ImageSeeds.Count)]);
        }
        return KeptSeeds.Count == 0 ? null
            : new Pair([.. KeptSeeds.Select(static s => Kept("perturbed", s)!)], [.. KeptSeeds.Select(static s => Kept("control", s)!)]);
    }

    private static KeptRun? Kept(string arm, long seed) => KeptRun.Find(Config, FormattableString.Invariant($"{arm}-seed-{seed}"));

    /// <summary>What full size trains.</summary>
    public static IReadOnlyList<Experiment> FullRuns() => OfImages.Experiments();

    /// <summary>What a person types for both sizes.</summary>
    public static IReadOnlyList<IFigureRun> Commands() => [OfDigits, OfImages];

    private static TrainingSweep OfDigits => new(Config + "-quick", Arms, "seed=0..4");

    private static TrainingSweep OfImages => new(Config, Arms, "seed=0..2", "data.test=2000");

    private static double Value(IObservations run, string column, int epoch) => Array.IndexOf(run["epoch"], epoch) is >= 0 and var row
        ? run[column][row]
        : throw new ArgumentException($"epoch {epoch} was not observed", nameof(epoch));
}
