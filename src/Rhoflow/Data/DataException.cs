namespace Rhoflow.Data;

/// <summary>Data that cannot be used: the message says which file or set, where, and what was expected.</summary>
public class DataException : Exception
{
    public DataException(string message) : base(message) { }
    public DataException(string message, Exception inner) : base(message, inner) { }
}
