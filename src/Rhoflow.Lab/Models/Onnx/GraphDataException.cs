using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>A sound graph that no network here is: another program may compute it.</summary>
public sealed class GraphDataException : DataException
{
    /// <param name="message">The node and the reason.</param>
    public GraphDataException(string message) : base(message) { }

    /// <param name="message">The node and the reason.</param>
    /// <param name="inner">What went wrong below.</param>
    public GraphDataException(string message, Exception inner) : base(message, inner) { }
}
