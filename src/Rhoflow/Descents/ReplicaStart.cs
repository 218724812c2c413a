namespace Rhoflow.Descents;

/// <summary>Where a replica starts, and how it goes down.</summary>
/// <param name="Theta">The weights θ, P numbers; not changed.</param>
/// <param name="Options">Its optimizer and everything else that is done to it.</param>
public sealed record ReplicaStart(ReadOnlyMemory<double> Theta, DescentOptions Options)
{
    /// <summary>Running means and variances of batch normalization; null: those of a network that has seen nothing.</summary>
    public IReadOnlyList<double>? Statistics { get; init; }
}
