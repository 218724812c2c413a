namespace Rhoflow.Lab.Models.Onnx;

/// <summary>A model as ONNX has it: operators between named values.</summary>
/// <param name="IrVersion">Of the format.</param>
/// <param name="Producer">Who wrote it.</param>
/// <param name="Opsets">Domain ("" is ONNX's own) and version of the operators.</param>
/// <param name="Graph">The graph.</param>
internal sealed record OnnxModel(long IrVersion, string Producer, IReadOnlyDictionary<string, long> Opsets, OnnxGraph Graph);

/// <summary>A graph.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Nodes">Operators, in the order in which they can be computed.</param>
/// <param name="Initializers">Weights by the names of values.</param>
/// <param name="Inputs">What is given.</param>
/// <param name="Outputs">What is wanted.</param>
internal sealed record OnnxGraph(string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<Tensor> Initializers,
    IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs);

/// <summary>An operator.</summary>
/// <param name="Name">Often empty.</param>
/// <param name="Operator">Conv, Gemm, Relu …</param>
/// <param name="Domain">"" is ONNX's own.</param>
/// <param name="Inputs">Names of values; "" where an optional one is left out.</param>
/// <param name="Outputs">Names of values.</param>
/// <param name="Attributes">By name.</param>
internal sealed record OnnxNode(string Name, string Operator, string Domain, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, OnnxAttribute> Attributes);

/// <summary>An attribute: what its type says is there, the rest is empty.</summary>
internal sealed record OnnxAttribute
{
    /// <summary>One float.</summary>
    public float? Float { get; init; }

    /// <summary>One integer.</summary>
    public long? Integer { get; init; }

    /// <summary>One text.</summary>
    public string? Text { get; init; }

    /// <summary>One tensor.</summary>
    public Tensor? Tensor { get; init; }

    /// <summary>One graph: the branches of If, the body of Loop.</summary>
    public OnnxGraph? Graph { get; init; }

    /// <summary>Several floats.</summary>
    public IReadOnlyList<float> Floats { get; init; } = [];

    /// <summary>Several integers.</summary>
    public IReadOnlyList<long> Integers { get; init; } = [];

    /// <summary>Several texts.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];
}

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Of the value.</param>
/// <param name="ElementType">ONNX's number of the type; 0: none said.</param>
/// <param name="Shape">Numbers, or names of sizes that are free; null: none said.</param>
internal sealed record OnnxValue(string Name, long ElementType, IReadOnlyList<string>? Shape);
