using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>From a <see cref="DescentConfig"/> to the library's <see cref="DescentOptions"/>: the only place where the two meet.</summary>
internal static class DescentSetUp
{
    /// <exception cref="ConfigException">A schedule that is no expression; its place is named.</exception>
    public static DescentOptions Options(DescentConfig c)
    {
        try
        {
            return new DescentOptions(c.Optimizer.Create(Rate(c), c.Batch) with
            {
                Scale = c.Schedule.Kind switch
                {
                    "loss-based" => StepScale.LossBased,
                    "normalized" => StepScale.Normalized,
                    _ => StepScale.Plain,
                },
                DropLast = c.DropLast,
                Temperature = c.Temperature,
            })
            {
                WeightDecay = c.WeightDecay,
                Normalization = c.Normalization switch
                {
                    "weight" => c.PerRow ? Normalization.WeightPerRow : Normalization.Weight,
                    "coefficient" => Normalization.Coefficient,
                    "lagrange" => Normalization.Lagrange,
                    "tangent" => Normalization.Tangent,
                    "geodesic" => Normalization.Geodesic,
                    _ => Normalization.None,
                },
                Norms = c.Normalization == "none" ? null : c.Rho.Kind switch
                {
                    "trained" => NormControl.Trained,
                    "schedule" => NormControl.Scheduled(c.Rho.Schedule),
                    _ => NormControl.Constant,
                },
                Rescaling = c.Rho.Kind == "rescale" ? new Rescaling(At(c.Rho.At, c.Rho.Every), c.Rho.Factor) : null,
                Perturbation = c.Perturbation is { } p ? new Perturbation(At(p.At, p.Every), p.Amplitude, p.RelativeTo switch
                {
                    "gradient" => PerturbationScale.GradientNorm,
                    "nothing" => PerturbationScale.Absolute,
                    _ => PerturbationScale.LayerDeviation,
                }) : null,
                LabelNoise = c.LabelNoise.Amplitude > 0 ? new LabelNoise(c.LabelNoise.Amplitude, c.LabelNoise.Kind switch
                {
                    "normal" => LabelNoiseKind.Normal,
                    "flips" => LabelNoiseKind.Flips,
                    _ => LabelNoiseKind.Signs,
                }) : null,
                Stop = new StopWhen
                {
                    Log10Loss = c.Stop.Log10Loss,
                    TrainError = c.Stop.TrainError,
                    Rho = c.Stop.Rho,
                    Patience = c.Stop.Patience
                },
                Seed = c.Seed,
            };
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw c.Place.Error(e.Message);
        }
    }

    private static LearningRate Rate(DescentConfig c) => c.Schedule.Kind switch
    {
        "step" => LearningRate.Steps(c.LearningRate, c.Schedule.Factor, c.Schedule.At),
        "cosine" => LearningRate.Cosine(c.LearningRate, Math.Max(1, c.Epochs), c.Schedule.Final),
        _ => LearningRate.Constant(c.LearningRate),
    };

    // "every n epochs" begins after the first n: the start is what init says.
    private static Epochs At(IReadOnlyList<int> listed, int every) => every > 0 ? Epochs.Every(every, every) : Epochs.At(listed);
}
