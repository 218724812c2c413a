using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Launching;

/// <summary>Something that makes the runs of a sweep: this process, others of this host, or a cluster.</summary>
internal interface ISweep
{
    /// <summary>Does them.</summary>
    /// <param name="cancellation">Ends the work after every state is saved, or the waiting for a cluster.</param>
    void Run(CancellationToken cancellation);

    /// <summary>How the runs stand that were begun.</summary>
    Dictionary<Experiment, RunOutcome> Outcomes();

    /// <summary>Why runs were not begun: their data, their folder or their place failed when it was their turn.</summary>
    Dictionary<Experiment, Exception> Refusals();
}
