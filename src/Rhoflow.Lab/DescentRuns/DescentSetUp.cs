using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>
/// From a <see cref="DescentConfig"/> to the library's <see cref="DescentOptions"/>; what its words stand for, their kinds say.
/// </summary>
internal static class DescentSetUp
{
    /// <exception cref="ConfigException">A schedule that is no expression; its place is named.</exception>
    public static DescentOptions Options(DescentConfig c)
    {
        try
        {
            var rate = c.Schedule.Kind.Rate(c.LearningRate, c.Schedule, c.Epochs);
            return new DescentOptions(c.Optimizer.Create(rate, c.Batch) with
            {
                Scale = c.Schedule.Kind.Scale,
                DropLast = c.DropLast,
                Temperature = c.Temperature,
            })
            {
                WeightDecay = c.WeightDecay,
                Normalization = c.Normalization.Build(c.PerRow),
                Norms = c.Normalization.KeepsNormsApart ? c.Rho.Kind.Norms(c.Rho) : null,
                Rescaling = c.Rho.Kind.Rescaling(c.Rho),
                Perturbation = c.Perturbation?.Build(),
                LabelNoise = c.LabelNoise.Build(),
                Adaptive = c.Schedule.Adaptive,
                Stop = new StopWhen
                {
                    Log10Loss = c.Stop.Log10Loss,
                    TrainError = c.Stop.TrainError,
                    Rho = c.Stop.Rho,
                    Patience = c.Stop.Patience,
                    Rest = c.Stop.Rest,
                },
                Seed = c.Seed,
            };
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw c.Place.Error(e.Message);
        }
    }
}
