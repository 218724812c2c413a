using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// One network trained from layers of several norms, in two sizes: small networks on digits from five seeds, trained now, and the network
/// of
/// the figure on CIFAR-10, which is trained only for the full size and otherwise read from what was kept of it.
/// </summary>
/// <param name="Config">The config's name: <c>figure-01</c>; the quick one is <c>figure-01-quick</c>.</param>
/// <param name="Norms">Starts ‖W_k‖_F at full size, as they are written in overrides.</param>
/// <param name="QuickNorms">The same at quick size.</param>
internal sealed record NormSweep(string Config, string[] Norms, string[] QuickNorms)
{
    /// <summary>Figures 1–5: batch normalization and weight decay.</summary>
    public static NormSweep WithDecay { get; } = new("figure-01", ["0.1", "1", "5"], ["0.1", "1", "5"]);

    /// <summary>Figures 6–9: batch normalization alone.</summary>
    public static NormSweep WithoutDecay { get; } = new("figure-06", ["0.1", "1", "5"], ["0.1", "5"]);

    /// <summary>Figures 10–12: neither.</summary>
    public static NormSweep Plain { get; } = new("figure-10", ["5", "15", "30"], ["2", "5", "10"]);

    /// <summary>The network that was trained from one norm: one run per seed, and one of full size.</summary>
    /// <param name="Norm">‖W_k‖_F at the start.</param>
    /// <param name="Runs">At least one.</param>
    public sealed record Start(string Norm, IReadOnlyList<Training> Runs)
    {
        /// <summary>Of every run the last number of a column.</summary>
        public Spread Last(string column) => Spread.Of(Runs.Select(r => r[column][^1]));
    }

    /// <summary>One training: its columns, and its arrays where they were kept.</summary>
    public sealed record Training(Func<string, double[]> Column, Func<string, double[][]>? Arrays)
    {
        /// <summary>A column, one number per observation.</summary>
        public double[] this[string column] => Column(column);

        /// <summary>
        /// Σ y f̃/Σ f̃² of every observation. Of a table without Σ f̃² it comes from the loss: L = ρ²F − 2ρC + 1, with C and F the means of
        /// y f̃ and f̃².
        /// </summary>
        public double[] Ratio()
        {
            double[] rho = Column("rho"), c = Column("margin_mean"), log10Loss = Column("log10_loss");
            return [.. rho.Select((r, i) => c[i] * r * r / (Math.Pow(10, log10Loss[i]) - 1 + 2 * r * c[i]))];
        }

        /// <summary>1 + epoch, for logarithmic axes.</summary>
        public double[] Epochs => [.. Column("epoch").Select(static e => 1 + e)];
    }

    /// <summary>Digits, five seeds from every norm.</summary>
    public IReadOnlyList<Start> Quick(StudyContext context, params string[] overrides)
    {
        var runs = OfDigits(overrides).Runs(context);
        return [.. QuickNorms.Select((norm, i) => new Start(norm, [.. runs.Skip(5 * i).Take(5).Select(Of)]))];
    }

    /// <summary>CIFAR-10: trained now for the full size, otherwise what is kept; without the norms of which nothing is.</summary>
    public IReadOnlyList<Start> Whole(StudyContext context)
    {
        if (context.Full)
            return [.. OfImages.Runs(context).Select((run, i) => new Start(Norms[i], [Of(run)]))];
        return [.. Norms.Select(norm => (norm, Kept: KeptRun.Find($"square-loss/{Config}", $"norm-{norm}")))
            .Where(static n => n.Kept is not null)
            .Select(static n => new Start(n.norm, [new Training(c => n.Kept![c], null)]))];
    }

    /// <summary>What <see cref="Whole"/> trains at full size.</summary>
    public IReadOnlyList<Experiment> FullRuns() => OfImages.Experiments();

    /// <summary>What a person types for both sizes.</summary>
    public IReadOnlyList<IFigureRun> Commands() => [OfDigits(), OfImages];

    private TrainingSweep OfDigits(params string[] overrides) =>
        new($"square-loss/{Config}-quick", [$"init.frobenius={string.Join(',', QuickNorms)}", "seed=0..4", .. overrides]);

    private TrainingSweep OfImages => new($"square-loss/{Config}", $"init.frobenius={string.Join(',', Norms)}");

    private static Training Of(MeasuredRun run) => new(c => run[c], run.Rows);
}
