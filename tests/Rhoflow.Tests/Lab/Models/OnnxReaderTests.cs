using System.Runtime.InteropServices;
using Rhoflow.Data;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Models.Onnx;
using Shouldly;
using Xunit;
using static Rhoflow.Tests.Lab.Models.OnnxFile;

namespace Rhoflow.Tests.Lab.Models;

public sealed class OnnxReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[], double[]> Numbers()
    {
        static byte[] Of<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        return new TheoryData<string, byte[], double[]>
        {
            { "float raw", Tensor("w", 1, [2], Bytes(9, Of(1.5f, -2f))), [1.5, -2] },
            { "float field", Tensor("w", 1, [2], Bytes(4, Of(1.5f, -2f))), [1.5, -2] },
            { "double field", Tensor("w", 11, [1], Bytes(10, Of(0.1))), [0.1] },
            { "int8 in int32_data", Tensor("w", 3, [2], Bytes(5, Varint(ulong.MaxValue), Varint(5))), [-1, 5] },
            { "int32 one by one", Tensor("w", 6, [2], Number(5, -7), Number(5, 300)), [-7, 300] },
            { "int64", Tensor("w", 7, [1], Bytes(7, Varint(unchecked((ulong)-(1L << 40))))), [-(double)(1L << 40)] },
            { "uint64", Tensor("w", 13, [1], Bytes(11, Varint(1UL << 63))), [Math.Pow(2, 63)] },
            { "half in int32_data", Tensor("w", 10, [1], Bytes(5, Varint(0x3e00))), [1.5] },
            { "bfloat16 raw", Tensor("w", 16, [1], Bytes(9, [0xc0, 0x3f])), [1.5] },
            { "float8", Tensor("w", 17, [1], Bytes(9, [0x7e])), [448] },
            { "bool", Tensor("w", 9, [2], Bytes(5, [1, 0])), [1, 0] },
            { "no axes", Tensor("w", 1, [], Bytes(9, Of(3f))), [3] },
            { "empty", Tensor("w", 1, [0, 4]), [] },
        };
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Initializers_of_every_type_and_field_are_read(string kind, byte[] tensor, double[] expected)
    {
        var found = Read(Model(Bytes(5, tensor))).Tensors.Single();
        found.Name.ShouldBe("w");
        found.Numbers().ShouldBe(expected, kind);
    }

    [Fact]
    public void Nodes_are_kept_with_their_attributes()
    {
        var file = Model(
            Bytes(1, Node("Conv", ["x", "w"], ["y"], [.. Text(1, "pads"), .. Bytes(8, [1, 1, 1, 1]), .. Number(20, 7)],
                [.. Text(1, "auto_pad"), .. Text(4, "NOTSET")])),
            Bytes(1, Node("Constant", [], ["c"], [.. Text(1, "value"), .. Bytes(5, Tensor("", 1, [2, 2], Bytes(9, new byte[16])))])),
            Bytes(5, Tensor("w", 1, [1, 1, 3, 3], Bytes(9, new byte[36]))),
            Bytes(11, Text(1, "x"), Bytes(2, Bytes(1, Number(1, 1), Bytes(2, Bytes(1, Text(2, "N")), Bytes(1, Number(1, 28)))))),
            Bytes(12, Text(1, "y")));
        var content = Read(file);
        var graph = content.Onnx!.Graph;
        content.Onnx.Opsets[""].ShouldBe(17);
        graph.Nodes.Select(n => $"{n.Operator}({string.Join(',', n.Inputs)})→{string.Join(',', n.Outputs)}")
            .ShouldBe(["Conv(x,w)→y", "Constant()→c"]);
        graph.Nodes[0].Attributes["pads"].Integers.ShouldBe([1, 1, 1, 1]);
        graph.Nodes[0].Attributes["auto_pad"].Text.ShouldBe("NOTSET");
        graph.Inputs.Single().Shape.ShouldBe(["N", "28"]);
        content.Tensors.Select(t => $"{t.Name} {t.Form}").ShouldBe(["c 2 × 2", "w 1 × 1 × 3 × 3"], ignoreOrder: true);
        content.Notes.ShouldContain("written by tests, operators of ONNX version 17");
    }

    [Fact]
    public void External_numbers_are_read_from_the_folder_of_the_model()
    {
        Directory.CreateDirectory(_folder / "sub");
        File.WriteAllBytes(_folder / "sub/w.bin", MemoryMarshal.AsBytes<float>([9, 1, 2, 3]).ToArray());
        External("sub/w.bin", Place("offset", "4"), Place("length", "12")).Numbers().ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("../w.bin", "leads out of the model's folder")]
    [InlineData("sub/../../w.bin", "leads out of the model's folder")]
    [InlineData("/etc/passwd", "is no file in the model's folder")]
    [InlineData("C:\\w.bin", "is no file in the model's folder")]
    [InlineData("link.bin", "'link.bin' is a link")]
    [InlineData("away/w.bin", "'away' is a link")]
    [InlineData("none.bin", "there is no such file beside the model")]
    [InlineData("", "which is not named")]
    [InlineData("short.bin", "would lie at bytes 0 … 12 of 'short.bin', which has 4")]
    public void External_numbers_elsewhere_are_refused(string location, string expected)
    {
        File.WriteAllBytes(_folder / "short.bin", new byte[4]);
        using var elsewhere = new TemporaryFolder();
        File.WriteAllBytes(elsewhere / "w.bin", new byte[12]);
        File.CreateSymbolicLink(_folder / "link.bin", elsewhere / "w.bin");
        Directory.CreateSymbolicLink(_folder / "away", elsewhere.Path);
        Should.Throw<DataException>(() => External(location, Place("length", "12"))).Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("9223372036854775807", "12")]
    [InlineData("-1", "12")]
    [InlineData("0", "99999999999999999999")]
    [InlineData("0", "8")]
    public void Places_outside_an_external_file_are_refused(string offset, string length)
    {
        File.WriteAllBytes(_folder / "w.bin", new byte[16]);
        Should.Throw<DataException>(() => External("w.bin", Place("offset", offset), Place("length", length)));
    }

    public static TheoryData<string, byte[], string> Damaged() => new()
    {
        { "shape", Model(Bytes(5, Tensor("w", 1, [1], Bytes(9, new byte[8])))), "needs 4 bytes; it has 8" },
        { "huge", Model(Bytes(5, Tensor("w", 1, [long.MaxValue, 4], Bytes(9, new byte[8])))), "more numbers than any file" },
        { "negative", Model(Bytes(5, Tensor("w", 1, [-1], Bytes(9, new byte[8])))), "negative size" },
        { "twice", Model(Bytes(5, Tensor("w", 1, [1], Bytes(9, new byte[4]), Bytes(9, new byte[4])))), "two fields of raw bytes" },
        { "wrong field", Model(Bytes(5, Tensor("w", 1, [1], Bytes(10, new byte[8])))), "belong into field 4" },
        { "sparse", Model(Bytes(15, [])), "sparse initializer" },
        { "no graph", [.. Number(1, 8), .. Bytes(8, Number(2, 17))], "has no graph" },
        { "no opset", [.. Number(1, 8), .. Bytes(7, Text(2, "g"))], "no version of operators" },
        { "two graphs", [.. Bytes(7, []), .. Bytes(7, [])], "a second graph" },
        { "long field", [0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f], "where 0 are left" },
        { "deep", Deep(), "more than 16 deep" },
        { "group", [0x0b], "no field of a message" },
        { "text", "this is no model"u8.ToArray(), "m.onnx" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Models_that_lie_are_refused(string kind, byte[] file, string expected) =>
        Should.Throw<DataException>(() => Read(file)).Message.ShouldContain(expected, customMessage: kind);

    [Fact]
    public void Types_that_are_not_read_are_named()
    {
        var content = Read(Model(Bytes(5, Tensor("s", 8, [1], Text(6, "a"))), Bytes(5, Tensor("q", 22, [2], Bytes(9, [1])))));
        content.Tensors.ShouldBeEmpty();
        content.Notes.ShouldContain("not read: s (string), q (int4)");
    }

    [Fact]
    public void Mutated_models_are_read_or_refused() => LongHarness.Repeat("mutated ONNX models", 10_000, Mutated);

    [Fact(Explicit = true)]
    public void Mutated_models_for_hours() => LongHarness.Repeat("mutated ONNX models", 1_000_000, Mutated);

    private static readonly byte[] s_model = Model(
        Bytes(1, Node("Gemm", ["x", "w"], ["y"], [.. Text(1, "transB"), .. Number(3, 1)], [.. Text(1, "f"), .. Bytes(7, new byte[8])])),
        Bytes(5, Tensor("w", 1, [2, 3], Bytes(9, new byte[24]))), Bytes(5, Tensor("b", 1, [2], Bytes(4, new byte[8]))),
        Bytes(5, Tensor("n", 7, [2], Bytes(7, [5, 6]))), Bytes(5, Tensor("e", 1, [2], Number(14, 1), Place("location", "w.bin"))),
        Bytes(11, Text(1, "x"), Bytes(2, Bytes(1, Number(1, 1), Bytes(2, Bytes(1, Number(1, 3)))))));

    private static void Mutated(Random random) => ModelSamples.ReadOrRefused(ModelSamples.Mutate(s_model, random, Varint(ulong.MaxValue),
        [0x3a, 0x80], [0x0a], [0x2a, 2, 8, 1], [0x12, 255], "../"u8.ToArray()), "m.onnx",
        static store => OnnxReader.Read(store, new ExternalData("m.onnx", null, static _ => new MemoryStore("m.onnx", new byte[8]))));

    private static byte[] Deep()
    {
        byte[] graph = Text(2, "g");
        for (var i = 0; i < 20; i++) graph = Bytes(1, Node("If", [], [], [.. Text(1, "then_branch"), .. Bytes(6, graph)]));
        return Model(graph);
    }

    private Tensor External(string location, params byte[][] place)
    {
        var file = Model(Bytes(5, Tensor("w", 1, [3], [Number(14, 1), Place("location", location), .. place])));
        File.WriteAllBytes(_folder / "m.onnx", file);
        return OnnxReader.Read(new MemoryStore("m.onnx", file),
            new ExternalData("m.onnx", _folder.Path, static path => new MemoryStore(path, File.ReadAllBytes(path)))).Tensors.Single();
    }

    private static ModelContent Read(byte[] file) => OnnxReader.Read(new MemoryStore("m.onnx", file),
        new ExternalData("m.onnx", null, static path => throw new InvalidOperationException(path)));
}
