using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>When training ends before its last epoch; null: never for that reason.</summary>
/// <param name="Patience">Epochs without a new smallest test loss.</param>
/// <param name="Rest">max_k ‖W_k(t + T) − W_k(t)‖/‖W_k(t + T)‖, T = (1 − μ)/(2ηλ) steps.</param>
public sealed record StopConfig(double? Log10Loss, double? TrainError, double? Rho, int? Patience, double? Rest = null)
{
    /// <summary>Training goes on to its last epoch.</summary>
    public static readonly StopConfig Never = new(null, null, null, null);

    /// <summary>The keys of <c>descent.stop</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("log10-loss", ConfigForm.Number, "log₁₀ L falls to this") { Example = "-5" },
        new("train-error", ConfigForm.Number, "the training error falls to this") { Example = "0" },
        new("rho", ConfigForm.Number, "ρ grows to this") { Example = "1e3" },
        new("patience", ConfigForm.Whole, "so many epochs without a new smallest test loss") { Example = "10" },
        new("rest", ConfigForm.Number,
            "no layer moves by more than this share of its norm in (1 − μ)/(2ηλ) steps, the time of its decay")
        {
            Example = "1e-3",
        },
    ];

    internal static StopConfig Read(ConfigNode? node)
    {
        var map = node?.Map(Described);
        return new StopConfig(map?["log10-loss"]?.Number(), map?["train-error"]?.NonNegative(), map?["rho"]?.Positive(),
            map?["patience"]?.Count(1), map?["rest"]?.Positive());
    }

    internal void Write(ConfigWriter writer)
    {
        if (this == Never) return;
        writer.Section("stop", () =>
        {
            if (Log10Loss is { } loss) writer.Entry("log10-loss", loss);
            if (TrainError is { } error) writer.Entry("train-error", error);
            if (Rho is { } rho) writer.Entry("rho", rho);
            if (Patience is { } patience) writer.Entry("patience", patience);
            if (Rest is { } rest) writer.Entry("rest", rest);
        });
    }
}
