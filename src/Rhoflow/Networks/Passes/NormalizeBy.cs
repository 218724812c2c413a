namespace Rhoflow.Networks;

/// <summary>Which mean and variance batch normalization normalizes by.</summary>
public enum NormalizeBy
{
    /// <summary>Those of the minibatch itself: training.</summary>
    Batch,

    /// <summary>The running averages: evaluation.</summary>
    Running,
}
