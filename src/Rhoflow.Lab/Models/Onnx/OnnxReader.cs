using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>
/// A ModelProto of ONNX, by the numbers of its published fields. Initializers, and the tensors of Constant nodes under the name of their
/// output, are the model's tensors; nodes are kept as they are.
/// </summary>
internal sealed class OnnxReader
{
    // A node takes more memory than its least bytes: no model has as many.
    private const int MostNodes = 1_000_000, MostDepth = 16;

    private readonly ByteStore _file;
    private readonly OnnxTensors _tensors;
    private readonly List<Tensor> _found = [];
    private int _nodes;

    private OnnxReader(ByteStore file, ExternalData external) => (_file, _tensors) = (file, new OnnxTensors(file, external));

    /// <summary>The tensors of a model.</summary>
    /// <param name="file">The .onnx file.</param>
    /// <param name="external">Where its other files lie.</param>
    /// <exception cref="DataException">Not such a file, or a damaged one.</exception>
    public static ModelContent Read(ByteStore file, ExternalData external)
    {
        var reader = new OnnxReader(file, external);
        var model = reader.Model();
        var operators = model.Graph.Nodes.GroupBy(static n => n.Operator, StringComparer.Ordinal).OrderByDescending(static g => g.Count())
            .Select(static g => $"{g.Count()} {g.Key}");
        List<string> notes =
        [
            $"written by {(model.Producer.Length > 0 ? model.Producer : "an unknown program")}, operators "
                + string.Join(", ", model.Opsets.Select(static o => $"{(o.Key.Length == 0 ? "of ONNX" : o.Key)} version {o.Value}")),
            $"{model.Graph.Nodes.Count} nodes: {DataReading.Few(operators, 12)}",
        ];
        if (reader._tensors.PassedOver is { Count: > 0 } others) notes.Add($"not read: {DataReading.Few(others)}");
        return new ModelContent("ONNX", reader._found) { Notes = notes, Onnx = model };
    }

    private OnnxModel Model()
    {
        var (version, producer, graph) = (0L, "", (OnnxGraph?)null);
        var opsets = new Dictionary<string, long>(StringComparer.Ordinal);
        var reader = new WireReader(_file, 0, _file.Length);
        while (reader.Next(out var f))
            switch (f.Number)
            {
                case 1: version = f.Signed; break;
                case 2: producer = Text(f); break;
                case 7 when graph is null: graph = Graph(f, 0); break;
                case 7: throw new DataException($"{_file.Name}, byte {f.Begin}: a second graph; a model has one");
                case 8:
                    var (domain, opset) = ("", 0L);
                    var set = WireReader.Of(_file, f);
                    while (set.Next(out var s))
                        if (s.Number == 1) domain = Text(s);
                        else if (s.Number == 2) opset = s.Signed;
                    if (!opsets.TryAdd(domain == "ai.onnx" ? "" : domain, opset))
                        throw new DataException($"{_file.Name}, byte {f.Begin}: the operators of '{domain}' have two versions");
                    break;
                default: break;
            }
        return graph is null || opsets.Count == 0
            ? throw new DataException($"{_file.Name}: has no {(graph is null ? "graph" : "version of operators")}; this is not an ONNX "
                + "file, or it is cut off")
            : new OnnxModel(version, producer, opsets, graph);
    }

    private OnnxGraph Graph(WireField field, int depth)
    {
        if (depth > MostDepth)
            throw new DataException($"{_file.Name}, byte {field.Begin}: graphs stand in each other more than {MostDepth} deep");
        var (name, nodes, initializers) = ("", new List<OnnxNode>(), new List<Tensor>());
        var (inputs, outputs) = (new List<OnnxValue>(), new List<OnnxValue>());
        var reader = WireReader.Of(_file, field);
        while (reader.Next(out var f))
            switch (f.Number)
            {
                case 1: nodes.Add(Node(f, depth)); break;
                case 2: name = Text(f); break;
                case 5:
                    Count(f);
                    if (_tensors.Read(f) is { } tensor)
                    {
                        initializers.Add(tensor);
                        _found.Add(tensor);
                    }
                    break;
                case 11: inputs.Add(Value(f)); break;
                case 12: outputs.Add(Value(f)); break;
                case 15: throw new DataException($"{_file.Name}, byte {f.Begin}: a sparse initializer; only dense ones are read");
                default: break;
            }
        return new OnnxGraph(name, nodes, initializers, inputs, outputs);
    }

    private OnnxNode Node(WireField field, int depth)
    {
        Count(field);
        var (name, op, domain) = ("", "", "");
        var (inputs, outputs) = (new List<string>(), new List<string>());
        var (attributes, wire) = (new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal), new List<WireField>());
        var reader = WireReader.Of(_file, field);
        while (reader.Next(out var f))
            switch (f.Number)
            {
                case 1: inputs.Add(Text(f)); break;
                case 2: outputs.Add(Text(f)); break;
                case 3: name = Text(f); break;
                case 4: op = Text(f); break;
                case 5: wire.Add(f); break;
                case 7: domain = Text(f); break;
                default: break;
            }
        foreach (var f in wire)
        {
            var (key, attribute) = Attribute(f, depth, outputs.FirstOrDefault() ?? name);
            if (!attributes.TryAdd(key, attribute))
                throw new DataException($"{_file.Name}, byte {f.Begin}: the attribute '{key}' stands there twice");
        }
        if (op == "Constant" && attributes.TryGetValue("value", out var constant) && constant.Tensor is { } value) _found.Add(value);
        return new OnnxNode(name, op, domain == "ai.onnx" ? "" : domain, inputs, outputs, attributes);
    }

    private (string Name, OnnxAttribute Attribute) Attribute(WireField field, int depth, string of)
    {
        Count(field);
        var (name, a) = ("", new OnnxAttribute());
        var (floats, integers, texts) = (new List<float>(), new List<long>(), new List<string>());
        var reader = WireReader.Of(_file, field);
        while (reader.Next(out var f))
            switch (f.Number)
            {
                case 1: name = Text(f); break;
                case 2: a = a with { Float = f.Single }; break;
                case 3: a = a with { Integer = f.Signed }; break;
                case 4: a = a with { Text = Loose(f) }; break;
                case 5: a = a with { Tensor = _tensors.Read(f, of) }; break;
                case 6: a = a with { Graph = Graph(f, depth + 1) }; break;
                case 7: Floats(f, floats); break;
                case 8: integers.AddRange(WireReader.Varints(_file, f).Select(static v => (long)v)); break;
                case 9: texts.Add(Loose(f)); break;
                default: break;
            }
        return (name, a with { Floats = floats, Integers = integers, Texts = texts });
    }

    // Texts of attributes are bytes, which need not be UTF-8; they are read up to a kilobyte.
    private string Loose(WireField f) => f.Wire == 2
        ? System.Text.Encoding.UTF8.GetString(_file.Bytes(f.Begin, (int)Math.Min(1024, f.Length))) : Text(f);

    private void Floats(WireField field, List<float> to)
    {
        if (field.Wire != 2)
        {
            to.Add(field.Single);
            return;
        }
        if (field.Length % 4 != 0 || field.Length > Array.MaxLength)
            throw new DataException($"{_file.Name}, byte {field.Begin}: no packed floats");
        var bytes = _file.Bytes(field.Begin, (int)field.Length);
        for (var at = 0; at < bytes.Length; at += 4) to.Add(BitConverter.ToSingle(bytes, at));
    }

    // ValueInfoProto: name (1), type (2): TypeProto: tensor_type (1): elem_type (1), shape (2): dim (1): dim_value (1) or dim_param (2).
    private OnnxValue Value(WireField field)
    {
        Count(field);
        var (name, type, shape) = ("", 0L, (List<string>?)null);
        foreach (var f in Fields(field))
            if (f.Number == 1) name = Text(f);
            else if (f.Number == 2)
                foreach (var tensor in Fields(f).Where(static t => t.Number == 1))
                    foreach (var part in Fields(tensor))
                        if (part.Number == 1) type = part.Signed;
                        else if (part.Number == 2)
                        {
                            shape = [];
                            foreach (var dim in Fields(part).Where(static d => d.Number == 1))
                            {
                                var size = "?";
                                foreach (var d in Fields(dim))
                                    size = d.Number == 1 ? $"{d.Signed}" : d.Number == 2 ? Text(d) : size;
                                if (shape.Count <= Tensor.MostAxes) shape.Add(size);
                            }
                        }
        return new OnnxValue(name, type, shape);
    }

    private IEnumerable<WireField> Fields(WireField field)
    {
        var reader = WireReader.Of(_file, field);
        while (reader.Next(out var f)) yield return f;
    }

    private string Text(WireField field) => WireReader.Text(_file, field);

    private void Count(WireField field)
    {
        if (++_nodes > MostNodes)
            throw new DataException($"{_file.Name}, byte {field.Begin}: more than {MostNodes} nodes, attributes and tensors");
    }
}
