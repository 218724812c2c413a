using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>What the claims on two losses share: their set-up in words, and their picture.</summary>
internal static class LossPanels
{
    private static readonly TrainingWords s_training = new(TwoLosses.Config), s_digits = new(TwoLosses.Config, TwoLosses.Digits.Overrides);

    /// <summary>Networks, images, and how rates were chosen.</summary>
    public static string SetUp { get; } = "Ten classes, ReLU networks without normalization (64-32-32-10 on digits, four dense layers "
        + $"…-64-64-64-10 otherwise), kaiming start, SGD, momentum {s_training.Momentum}, minibatches of {s_training.Batch} "
        + $"({s_digits.Batch} on digits), constant rate, no decay but where λ is named; a seed has its own images, start and minibatches, "
        + $"{s_training.Test} test images ({s_digits.Test} digits), five seeds, both losses alike (two-losses.yaml). Each loss at the rate "
        + $"of one grid, {string.Join(", ", TwoLosses.Mnist.Grid(TwoLosses.Square).Select(static g => Wording.Short(g.Rate)))}, with the "
        + "least test error (least over the epochs, mean of seeds 100 and 101, whose images are others): "
        + $"{string.Join("; ", TwoLosses.All.Select(static s => s.RatesText()))}. Digits are trained now, the others were kept from longer "
        + "runs. The paper’s own runs are on multiclass CIFAR-10 and not described.";

    /// <summary>Test errors by epoch, a panel a set; medians over the seeds with their range.</summary>
    public static Chart Errors(StudyContext context, string column, string axis) => new([.. TwoLosses.All.Select(set =>
    {
        var panel = new Panel(set.Name, new Axis("epoch", Scale.Log, Min: 1),
            new Axis(axis, axis.StartsWith("log", StringComparison.Ordinal) ? Scale.Linear : Scale.Log));
        panel = panel.With(Band(set.Of(context, TwoLosses.Square), "square loss", column, 0));
        panel = panel.With(Band(set.Of(context, TwoLosses.CrossEntropy), "cross-entropy", column, 1));
        foreach (var (decay, i) in set.Decays.Select(static (d, i) => (d, i)))
            panel = panel.With(Band(set.Of(context, TwoLosses.Square, decay), $"square loss, λ = {Decay(decay)}", column, 2 + i));
        return panel;
    })])
    { Merged = true };

    /// <summary>λ in words.</summary>
    public static string Decay(string decay) => TrainingWords.Numbers([decay]).Single();

    private static Series Band(LossCurves curves, string name, string column, int colour)
    {
        // From epoch 1 on: the start has no logarithm.
        Spread[] band = curves.Band(column)[1..];
        return new Series(name, SeriesMark.Line, curves.Epochs[1..], [.. band.Select(static b => b.Median)], colour)
        {
            Low = [.. band.Select(static b => b.Min)],
            High = [.. band.Select(static b => b.Max)],
        };
    }
}
