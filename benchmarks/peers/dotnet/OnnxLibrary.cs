using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;

namespace Rhoflow.Peers;

/// <summary>ONNX Runtime: what it is, how fast it multiplies, and the networks that the program has written for it.</summary>
internal static class OnnxLibrary
{
    private const int Side = 1024, Batch = 16;

    /// <summary>{} is answered with {version, blas, core, file, threads, extensions}; {"product": n} with {seconds, cpu}.</summary>
    public static void Serve(int threads)
    {
        var random = new Random(0);
        float[] Matrix() => [.. Enumerable.Range(0, Side * Side).Select(_ => random.NextSingle() - 0.5f)];
        var product = Run(new InferenceSession(Product(), Options(threads)), [("a", Matrix(), [Side, Side]), ("b", Matrix(), [Side, Side])],
            "c", [Side, Side]);
        Protocol.Serve(["onnxruntime"], new Dictionary<string, Func<Action>>(), question =>
            JsonNode.Parse(question)!["product"] is { } count ? TorchLibrary.Speed(product, (int)count) : new JsonObject
            {
                ["version"] = OrtEnv.Instance().GetVersionString(),
                ["blas"] = "its own MLAS",
                ["core"] = "",
                ["file"] = "",
                ["threads"] = threads,
                ["extensions"] = "",
            }.ToJsonString());
    }

    /// <summary>The files of RHOFLOW_BENCH_MODELS, with all that its optimizer does.</summary>
    public static IReadOnlyDictionary<string, Func<Action>> Works(int threads)
    {
        var folder = Environment.GetEnvironmentVariable("RHOFLOW_BENCH_MODELS") ?? "";
        return ((string[])["forward-resnet18", "forward-vgg11"]).ToDictionary(static n => $"{n} onnxruntime", n => (Func<Action>)(() =>
        {
            var session = new InferenceSession(Path.Combine(folder, $"{n}.onnx"), Options(threads));
            var random = new Random(0);
            float[] x = [.. Enumerable.Range(0, Batch * 3 * 32 * 32).Select(_ => random.NextSingle() - 0.5f)];
            return Run(session, [(session.InputNames[0], x, [Batch, 3, 32, 32])], session.OutputNames[0], [Batch, 10]);
        }));
    }

    private static SessionOptions Options(int threads) => new()
    {
        IntraOpNumThreads = threads,
        InterOpNumThreads = 1,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
    };

    private static Action Run(InferenceSession session, (string Name, float[] Values, long[] Shape)[] inputs, string output, long[] shape)
    {
        var options = new RunOptions();
        string[] names = [.. inputs.Select(static i => i.Name)], outputs = [output];
        OrtValue[] values = [.. inputs.Select(static i => OrtValue.CreateTensorValueFromMemory(i.Values, i.Shape))];
        OrtValue[] results = [OrtValue.CreateTensorValueFromMemory(new float[shape.Aggregate(1L, static (a, b) => a * b)], shape)];
        return () => session.Run(options, names, values, outputs, results);
    }

    // A model of one MatMul, in the bytes of protocol buffers.
    private static byte[] Product()
    {
        byte[] Shaped(string name) => [.. Text(1, name), .. Field(2, Field(1,
            [.. Number(1, 1), .. Field(2, [.. Field(1, Number(1, Side)), .. Field(1, Number(1, Side))])]))];
        byte[] node = [.. Text(1, "a"), .. Text(1, "b"), .. Text(2, "c"), .. Text(4, "MatMul")];
        byte[] graph = [.. Field(1, node), .. Text(2, "product"), .. Field(11, Shaped("a")), .. Field(11, Shaped("b")),
            .. Field(12, Shaped("c"))];
        return [.. Number(1, 8), .. Field(7, graph), .. Field(8, Number(2, 13))];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [(byte)(field << 3 | 2), .. Variable(content.Length), .. content];

    private static byte[] Number(int field, int value) => [(byte)(field << 3), .. Variable(value)];

    private static IEnumerable<byte> Variable(int value)
    {
        for (; value >= 128; value >>= 7) yield return (byte)(value & 127 | 128);
        yield return (byte)value;
    }
}
