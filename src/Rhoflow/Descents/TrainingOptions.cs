using Rhoflow.Data;

namespace Rhoflow.Descents;

/// <summary>
/// How a training uses the machine, and what it is tested on. None of it but <see cref="Block"/> has an influence on results.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>Threads; 0: as many as the machine has.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// The most examples that are propagated at once. Larger minibatches, and the full gradient, are summed over blocks of this size in
    /// their order. Of no meaning with batch normalization: its minibatches are propagated whole, whatever their size, because every
    /// example's output depends on all of them.
    /// </summary>
    public int Block { get; init; } = 2048;

    /// <summary>The test set that <see cref="StopWhen.Patience"/> watches.</summary>
    public Dataset? Test { get; init; }
}
