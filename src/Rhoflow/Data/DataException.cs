namespace Rhoflow.Data;

/// <summary>
/// Data that cannot be used: the message says which file or set, where, and what was expected. Control characters of a file are shown as
/// \u001b, so that they command no terminal.
/// </summary>
public class DataException : Exception
{
    /// <param name="message">Which file or set, where, and what was expected.</param>
    public DataException(string message) : base(DataReading.Shown(message)) { }

    /// <param name="message">Which file or set, where, and what was expected.</param>
    /// <param name="inner">What went wrong below.</param>
    public DataException(string message, Exception inner) : base(DataReading.Shown(message), inner) { }
}
