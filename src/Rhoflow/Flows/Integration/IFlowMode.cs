namespace Rhoflow.Flows;

/// <summary>
/// The discrete part of a flow's state: which ReLUs are active, which coordinates are held. Frozen while the integrator steps, so that
/// the field is smooth; where it no longer fits, <see cref="Trajectory"/> locates the place and calls <see cref="Cross"/> there.
/// A flow makes its own in <see cref="Flow.CreateMode"/> and reads it back from <see cref="FlowWorkspace.Mode"/>.
/// </summary>
public interface IFlowMode
{
    /// <summary>Takes the mode from a start and forgets the one before.</summary>
    /// <param name="logT">log t, natural.</param>
    /// <param name="state">The flow's state.</param>
    void Begin(double logT, ReadOnlySpan<double> state);

    /// <summary>What no longer fits the state, in words; null while the mode is right.</summary>
    /// <inheritdoc cref="Begin" path="/param"/>
    string? Violation(double logT, ReadOnlySpan<double> state);

    /// <summary>Takes the mode that holds after a located event.</summary>
    /// <inheritdoc cref="Begin" path="/param"/>
    void Cross(double logT, ReadOnlySpan<double> state);

    /// <summary>The mode as numbers, so that a resumed flow has the same.</summary>
    double[] Save();

    /// <summary>Takes back what <see cref="Save"/> gave; more numbers may follow.</summary>
    /// <returns>How many numbers that were.</returns>
    int Restore(ReadOnlySpan<double> numbers);
}
