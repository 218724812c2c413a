namespace Rhoflow.Lab.Clusters;

/// <summary>Slurm is not there, or does not take what it was given: a sentence.</summary>
/// <param name="message">The sentence.</param>
/// <param name="isRequest">Whether what was asked is wrong, rather than that it cannot be had just now.</param>
public sealed class SlurmException(string message, bool isRequest) : Exception(message)
{
    /// <summary>True: another request would be taken. False: the same one may be, later.</summary>
    public bool IsRequest => isRequest;
}
