namespace Rhoflow.Lab.Models;

/// <summary>
/// A program that computes graphs of ONNX whose operators networks here do not have. It computes what the file describes and loads nothing:
/// no libraries of operators of one's own. The package Rhoflow.OnnxRuntime has one.
/// </summary>
public abstract class GraphRuntime
{
    /// <summary>Its name and version.</summary>
    public abstract string Name { get; }

    /// <summary>Prepares a graph.</summary>
    /// <param name="model">The bytes of a ModelProto.</param>
    /// <param name="folder">Where its external data lie.</param>
    /// <param name="threads">How many may work.</param>
    /// <exception cref="Rhoflow.Data.DataException">It does not know an operator, a version, or the graph is damaged: its own words.
    /// </exception>
    public abstract GraphSession Open(byte[] model, string folder, int threads);
}

/// <summary>A graph that is ready to compute. Not thread-safe.</summary>
public abstract class GraphSession : IDisposable
{
    /// <summary>Computes values of the graph.</summary>
    /// <param name="input">The name of its input.</param>
    /// <param name="x">Its numbers, row-major.</param>
    /// <param name="shape">Its sizes, the number of examples first.</param>
    /// <param name="outputs">The names of the values that are wanted.</param>
    /// <returns>They, in the same order.</returns>
    /// <exception cref="Rhoflow.Data.DataException">It cannot be computed for that many examples, or at all: the program's own words.
    /// </exception>
    public abstract IReadOnlyList<GraphArray> Run(string input, ReadOnlySpan<float> x, ReadOnlySpan<int> shape,
        IReadOnlyList<string> outputs);

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what it holds.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A value of a graph.</summary>
/// <param name="Shape">The length of each axis.</param>
/// <param name="Values">Row-major.</param>
public sealed record GraphArray(IReadOnlyList<int> Shape, float[] Values);
