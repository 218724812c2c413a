using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Losses;

namespace Rhoflow.Descents;

/// <summary>The workspace of one thread (or one team), whichever replica it works on.</summary>
internal sealed class Worker<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    public Worker(DataRisk<T> risk, int capacity, int threads)
    {
        Team = new Team(threads);
        Risk = new MinibatchRisk<T>(risk.Network, risk.Loss, capacity, Team);
        Scorer = new Scorer<T>(Risk, capacity, Team);
    }

    public Team Team { get; }
    public MinibatchRisk<T> Risk { get; }
    public Scorer<T> Scorer { get; }

    public void Dispose() => Team.Dispose();
}
