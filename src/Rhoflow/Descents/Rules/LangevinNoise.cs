using System.Numerics;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>The noise of Langevin's step: √(2ηT) N(0, 1) on every number that moves (T3 eq. 30).</summary>
internal static class LangevinNoise
{
    /// <summary>|N(0, 1)| as it is drawn here never exceeds this.</summary>
    public const double LargestNormal = 40;

    private const int Stream = 1000;

    /// <summary>σ = √(2ηT), with the η that multiplies −∇L itself.</summary>
    public static double Deviation(double rate, double temperature) => temperature == 0 ? 0 : Math.Sqrt(2 * rate * temperature);

    /// <summary>Adds it to one segment.</summary>
    /// <param name="random">Restarted, so that the noise depends on seed, segment and step only.</param>
    public static void Add<T>(Span<T> x, double sigma, RandomStream random, long seed, int segment, long step)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (sigma == 0) return;
        random.Restart(seed, Stream + segment, step);
        foreach (ref var value in x) value += T.CreateTruncating(sigma * random.NextNormal());
    }
}
