using Rhoflow.Data;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>A model with more outputs of its graph than the file has: values in its middle. All else is copied byte by byte.</summary>
internal static class ModelEdit
{
    private const int Graph = 7, Output = 12;

    /// <summary>The bytes of the model.</summary>
    /// <param name="file">The .onnx file.</param>
    /// <param name="outputs">Names of values that are to be outputs too.</param>
    /// <exception cref="DataException">The file is damaged, or too large to be held.</exception>
    public static byte[] WithOutputs(ByteStore file, IEnumerable<string> outputs)
    {
        if (file.Length > Array.MaxLength) throw new DataException($"{file.Name}: {file.Length} bytes are too many to be held at once");
        var more = new ProtocolBuffer();
        foreach (var name in outputs) more.Add(Output, new ProtocolBuffer().Add(1, name));
        var reader = new WireReader(file, 0, file.Length);
        for (var begin = 0L; reader.Next(out var f); begin = reader.At)
            if (f.Number == Graph && f.Wire == 2)
                return
                [
                    .. file.Bytes(0, (int)begin),
                    .. new ProtocolBuffer().Add(Graph, [.. file.Bytes(f.Begin, (int)f.Length), .. more.Bytes]).Bytes,
                    .. file.Bytes(reader.At, (int)(file.Length - reader.At)),
                ];
        throw new DataException($"{file.Name}: has no graph");
    }
}
