using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;

namespace Rhoflow.Papers;

/// <summary>Figure 5: training with perturbations of all weights every 100 epochs after the data are fitted, and the control without.</summary>
internal static class PerturbedTraining
{
    private const string Config = "theory-iiib/figure-05", Arms = "descent.perturb.amplitude=0.25,0";

    /// <summary>The arms: perturbed and control, a run a seed.</summary>
    public sealed record Pair(IReadOnlyList<IObservations> Perturbed, IReadOnlyList<IObservations> Control);

    /// <summary>Digits, five seeds.</summary>
    public static Pair Quick(StudyContext context)
    {
        var runs = MeasuredRun.Of(context, Config + "-quick", Arms, "seed=0..4");
        return new Pair([.. runs.Take(5)], [.. runs.Skip(5)]);
    }

    /// <summary>The epochs of the perturbations at quick size.</summary>
    public static int[] QuickEpochs() => MeasuredRun.Experiments(Config + "-quick")[0].Descent!.Perturbation!.At;

    /// <summary>CIFAR-10: trained now at full size, otherwise what is kept, or null.</summary>
    public static Pair? Whole(StudyContext context)
    {
        if (context.Full) return MeasuredRun.Of(context, Config, Arms, "data.test=2000") is var runs ? new Pair([runs[0]], [runs[1]]) : null;
        return (KeptRun.Find(Config, "perturbed"), KeptRun.Find(Config, "control")) is ({ } perturbed, { } control) ? new Pair([perturbed], [control]) : null;
    }

    /// <summary>What full size trains.</summary>
    public static IReadOnlyList<Experiment> FullRuns() => MeasuredRun.Experiments(Config, Arms, "data.test=2000");
}
