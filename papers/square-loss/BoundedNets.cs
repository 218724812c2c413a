using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>A network that fits, with its norm, its test error and what bounds make of it.</summary>
/// <param name="Setting">Its setting.</param>
/// <param name="Seed">0 … 4: networks of a seed have the same images.</param>
/// <param name="Rho">∏‖W_k‖_F.</param>
/// <param name="TestError">On images that were not trained.</param>
/// <param name="Bound">SQ eq. 41 with constants; NaN where the 10 % margin is not positive.</param>
/// <param name="Run">All columns.</param>
internal sealed record BoundedNet(string Setting, int Seed, double Rho, double TestError, double Bound, IObservations Run);

/// <summary>The networks of <see cref="WeightSetting.NormsOfBounds"/> that fit.</summary>
internal static class BoundedNets
{
    /// <summary>MNIST, kept; digits, trained now.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<BoundedNet> Nets)> Sets(StudyContext context) =>
    [
        ("MNIST", Of(WeightSetting.NormsOfBounds, s => s.Whole(context))),
        ("digits", Of([WeightSetting.Decay, WeightSetting.Neither], s => s.Quick(context))),
    ];

    private static IReadOnlyList<BoundedNet> Of(IReadOnlyList<WeightSetting> settings,
        Func<WeightSetting, IReadOnlyList<IObservations>> runs) =>
        [.. settings.SelectMany(s => runs(s).Select((run, seed) => (s.Name, Run: run, Seed: seed)))
            .Where(static n => WeightSetting.IsFitted(n.Run))
            .Select(static n => new BoundedNet(n.Name, n.Seed, n.Run.Last("rho"), n.Run.Last("test_error"), n.Run.Last("ramp_bound"),
                n.Run))];
}
