namespace Rhoflow.Data;

/// <summary>Data that cannot be used: the message says which file or set, where, and what was expected.</summary>
public class DataException : Exception
{
    /// <param name="message">Which file or set, where, and what was expected.</param>
    public DataException(string message) : base(message) { }

    /// <param name="message">Which file or set, where, and what was expected.</param>
    /// <param name="inner">What went wrong below.</param>
    public DataException(string message, Exception inner) : base(message, inner) { }
}
