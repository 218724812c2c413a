namespace Rhoflow.Lab.Report;

/// <summary>
/// A reproduction was cancelled before everything was done. What is finished is stored: a reproduction into the same folder goes on from
/// there.
/// </summary>
public sealed class ReproductionInterruptedException : OperationCanceledException
{
    /// <param name="finished">What is finished and stored.</param>
    /// <param name="cancellation">What cancelled it.</param>
    public ReproductionInterruptedException(ReproductionResult finished, CancellationToken cancellation)
        : base($"interrupted; {finished.Claims.Count} claims and {finished.Figures.Count} figures are done and kept", cancellation) =>
        Finished = finished;

    /// <summary>What is finished and stored, in the order of the catalogue.</summary>
    public ReproductionResult Finished { get; }
}
