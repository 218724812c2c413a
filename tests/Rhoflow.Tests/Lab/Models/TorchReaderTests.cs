using System.Runtime.InteropServices;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Lab.Models;
using Shouldly;
using Xunit;
using static Rhoflow.Tests.Lab.Models.TorchFile;

namespace Rhoflow.Tests.Lab.Models;

public sealed class TorchReaderTests
{
    private static readonly float[] s_numbers = [.. Enumerable.Range(0, 12).Select(static i => i - 3.5f)];

    private static byte[] Floats => MemoryMarshal.AsBytes<float>(s_numbers).ToArray();

    [Fact]
    public void Views_of_one_storage_are_read_by_offset_and_strides()
    {
        var file = Archive(StateDict(
            ("whole", Tensor("FloatStorage", 0, 12, 0, [3, 4], [4, 1])),
            ("turned", Tensor("FloatStorage", 0, 12, 0, [4, 3], [1, 4])),
            ("column", Tensor("FloatStorage", 0, 12, 1, [3], [4])),
            ("block", Tensor("FloatStorage", 0, 12, 5, [2, 2], [4, 1])),
            ("number", Tensor("FloatStorage", 0, 12, 11, [], [])),
            ("counter", Tensor("LongStorage", 1, 1, 0, [], []))), Floats, [7, 0, 0, 0, 0, 0, 0, 0]);
        var tensors = Read(file).Tensors;
        tensors.Select(t => $"{t.Name} {t.Form} {t.Type.Word()}").ShouldBe(["whole 3 × 4 float32", "turned 4 × 3 float32",
            "column 3 float32", "block 2 × 2 float32", "number one number float32", "counter one number int64"]);
        int[][] expected = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], [1, 5, 9], [5, 6, 9, 10], [11]];
        for (var i = 0; i < expected.Length; i++) tensors[i].Numbers().ShouldBe(expected[i].Select(j => (double)s_numbers[j]));
        tensors[5].Numbers().ShouldBe([7]);
    }

    [Fact]
    public void Dictionaries_around_a_state_dict_are_looked_through()
    {
        byte[] weight = Tensor("FloatStorage", 0, 12, 0, [3, 4], [4, 1]);
        byte[] parameter = [.. Global("torch._utils", "_rebuild_parameter"), .. Mark, .. weight, 0x88,
            .. Global("collections", "OrderedDict"), (byte)')', .. Reduce, .. TupleEnd, .. Reduce];
        byte[] state = [.. Ordered(("fc.weight", parameter)), .. Dictionary, .. Text("_metadata"), .. Dictionary, .. SetItem, (byte)'b'];
        byte[] pickle = [.. Start, .. Dictionary, .. Mark, .. Text("epoch"), .. Number(3), .. Text("model"), .. state, .. Text("best"),
            (byte)'N', .. SetItems, .. Stop];
        var model = Read(Archive(pickle, Floats));
        model.Tensors.Single().Name.ShouldBe("fc.weight");
        model.Notes.ShouldBe(["the tensors are those of 'model'", "beside tensors the file has epoch = 3, best = None"]);

        byte[] two = [.. Start, .. Dictionary, .. Mark, .. Text("a"), .. state, .. Text("optimizer"), .. List, .. weight, .. Append,
            .. SetItems, .. Stop];
        Read(Archive(two, Floats)).Tensors.Select(t => t.Name).ShouldBe(["a.fc.weight", "optimizer.0"]);
    }

    [Fact]
    public void Big_endian_and_later_protocols_are_read()
    {
        byte[] Short(string text) => [0x8c, (byte)text.Length, .. Encoding.ASCII.GetBytes(text), 0x94];
        byte[] pickle = [0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, .. Dictionary, 0x94, .. Short("w"), .. Short("torch._utils"),
            .. Short("_rebuild_tensor_v2"), 0x93, .. Mark, .. Storage("ShortStorage", 0, 2), .. Number(0), .. Number(2), 0x85, .. Number(1),
            0x85, 0x89, .. Global("collections", "OrderedDict"), (byte)')', .. Reduce, .. TupleEnd, .. Reduce, .. SetItem, .. Stop];
        var file = Zip(("data.pkl", pickle), ("data/0", [1, 2, 0xff, 0xfe]), ("byteorder", "big"u8.ToArray()));
        Read(file).Tensors.Single().Numbers().ShouldBe([258, -2]);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch.nn.modules.linear", "Linear")]
    [InlineData("numpy.core.multiarray", "scalar")]
    [InlineData("torch._utils", "_rebuild_qtensor")]
    [InlineData("torch", "QInt8Storage")]
    public void Every_other_name_is_refused_before_anything_is_made_of_it(string module, string name)
    {
        byte[] pickle = [.. Start, .. Global(module, name), .. Text("touch /tmp/x"), 0x85, .. Reduce, .. Stop];
        var message = Refused(Archive(pickle));
        message.ShouldContain($"'{module}.{name}', which is no part of a tensor");
        message.ShouldContain("torch.save(model.state_dict(), FILE)");
        message.ShouldContain("byte 2");
    }

    [Theory]
    [InlineData(0x81, "NEWOBJ (0x81)")]
    [InlineData('i', "INST (0x69)")]
    [InlineData('o', "OBJ (0x6f)")]
    [InlineData(0x82, "EXT1 (0x82)")]
    [InlineData('P', "PERSID (0x50)")]
    [InlineData('2', "DUP (0x32)")]
    [InlineData(0x97, "NEXT_BUFFER (0x97)")]
    [InlineData(0xf3, "operation 0xf3")]
    public void Every_other_operation_is_refused_by_its_name(int opcode, string expected) =>
        Refused(Archive([.. Start, .. Dictionary, (byte)opcode, .. Stop])).ShouldContain(expected);

    public static TheoryData<string, byte[], string> Pickles()
    {
        byte[] whole = Tensor("FloatStorage", 0, 12, 0, [3, 4], [4, 1]);
        byte[] Dict(params byte[] items) => [.. Start, .. Dictionary, .. Mark, .. items, .. SetItems, .. Stop];
        return new TheoryData<string, byte[], string>
        {
            { "itself", [.. Start, .. Dictionary, (byte)'q', 0, .. Text("a"), (byte)'h', 0, .. SetItem, .. Stop], "'a' contains itself" },
            { "list of itself", [.. Start, .. List, (byte)'q', 0, (byte)'h', 0, .. Append, .. Stop], "'0' contains itself" },
            { "billion", Billion(), "more often than its size justifies" },
            { "deep", [.. Start, .. Enumerable.Repeat((byte)']', 150), .. Enumerable.Repeat((byte)'a', 149), .. Stop], "than 100 deep" },
            { "twice", Dict([.. Text("a"), .. whole, .. Text("a"), .. whole]), "the key 'a' stands in a dictionary twice" },
            { "outside", Dict([.. Text("a"), .. Tensor("FloatStorage", 0, 12, 1, [3, 4], [4, 1])]), "would end at byte 52 of 48" },
            { "far", Dict([.. Text("a"), .. Tensor("FloatStorage", 0, 12, long.MaxValue, [3, 4], [4, 1])]), "would begin at number" },
            { "negative", Dict([.. Text("a"), .. Tensor("FloatStorage", 0, 12, -1, [3], [1])]), "would begin at number -1" },
            { "expanded", Dict([.. Text("a"), .. Tensor("FloatStorage", 0, 12, 0, [1000000, 1000000], [0, 0])]), "repeats the 12 numbers" },
            { "size", Dict([.. Text("a"), .. Tensor("FloatStorage", 0, 12, 0, [long.MaxValue, 4], [1, 1])]), "more numbers" },
            { "wrong type", Dict([.. Text("a"), .. Tensor("DoubleStorage", 0, 12, 0, [3], [1])]), "48 bytes; 12 numbers of 8 bytes are" },
            { "no storage", Dict([.. Text("a"), .. Tensor("FloatStorage", 9, 12, 0, [3], [1])]), "there is no 'm/data/9'" },
            { "no tensors", Dict([.. Text("a"), .. Number(1)]), "holds no tensors" },
            { "cut off", [.. Start, (byte)'X', 9, 0, 0, 0, (byte)'a'], "ends at byte 8, inside" },
            { "long text", [.. Start, (byte)'X', 0xff, 0xff, 0xff, 0xff, .. Stop], "inside an operation" },
            { "not called", [.. Start, .. Global("torch", "FloatStorage"), (byte)')', .. Reduce, .. Stop], "which makes no tensor" },
            { "attributes", [.. Start, .. Global("torch", "Size"), .. Dictionary, (byte)'b', .. Stop], "BUILD would set the attributes" },
            { "protocol", [0x80, 1, .. Dictionary, .. Stop], "protocol 1" },
            { "empty", [.. Start, .. Stop], "ends with 0 values" },
            { "memo", [.. Start, (byte)'h', 5, .. Stop], "its value 5, which was not there before" },
        };
    }

    [Theory]
    [MemberData(nameof(Pickles))]
    public void Pickles_that_lie_are_refused(string kind, byte[] pickle, string expected) =>
        Refused(Archive(pickle, Floats)).ShouldContain(expected, customMessage: kind);

    [Fact]
    public void Old_and_bare_pickles_say_how_to_save_anew()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder / "old.pth",
            [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.', 0x80, 2]);
        Should.Throw<DataException>(() => ModelFile.Open(folder / "old.pth")).Message
            .ShouldContain("before 1.6 (no zip archive); save it anew");
        File.WriteAllBytes(folder / "bare.pt", [0x80, 4, (byte)'N', (byte)'.']);
        Should.Throw<DataException>(() => ModelFile.Open(folder / "bare.pt")).Message.ShouldContain("a bare pickle");
        Refused(Zip(("m/data.pkl", [.. Start, .. Stop]), ("m/constants.pkl", []))).ShouldContain("TorchScript");
    }

    [Fact]
    public void Mutated_archives_are_read_or_refused() => LongHarness.Repeat("mutated PyTorch files", 6_000, MutatedArchive);

    [Fact]
    public void Mutated_pickles_are_read_or_refused() => LongHarness.Repeat("mutated pickles", 10_000, MutatedPickle);

    [Fact(Explicit = true)]
    public void Mutated_archives_for_hours() => LongHarness.Repeat("mutated PyTorch files", 1_000_000, MutatedArchive);

    [Fact(Explicit = true)]
    public void Mutated_pickles_for_hours() => LongHarness.Repeat("mutated pickles", 1_000_000, MutatedPickle);

    private static readonly byte[] s_pickle = StateDict(("fc.weight", Tensor("FloatStorage", 0, 12, 0, [3, 4], [4, 1])),
        ("turned", Tensor("FloatStorage", 0, 12, 1, [2, 3], [1, 4])), ("n", Tensor("LongStorage", 1, 1, 0, [], [])));

    private static readonly byte[][] s_words =
        [Dictionary, Mark, TupleEnd, Reduce, [(byte)'h', 0], [(byte)'q', 0], [0x8a, 8, 255, 255, 255, 255, 255, 255, 255, 127],
        Global("os", "system"), Global("torch", "Size"), Global("collections", "OrderedDict"), [(byte)'X', 255, 255, 255, 127],
        [(byte)'b'], [(byte)'e'], [0x93]];

    private static void MutatedArchive(Random random) => ModelSamples.ReadOrRefused(ModelSamples.Mutate(
        Archive(s_pickle, Floats, new byte[8]), random,
        [.. s_words, .. (byte[][])[U32(uint.MaxValue), [0x50, 0x4b, 3, 4], [0x50, 0x4b, 1, 2], [8, 0]]]), "m.pt", ReadStore);

    // The archive around it is whole, so that what is changed is reached.
    private static void MutatedPickle(Random random) => ModelSamples.ReadOrRefused(
        Archive(ModelSamples.Mutate(s_pickle, random, s_words), Floats, new byte[8]), "m.pt", ReadStore);

    private static byte[] Billion()
    {
        var pickle = new List<byte>([.. Start, .. List, (byte)'q', 0]);
        for (byte i = 1; i < 40; i++)
            pickle.AddRange([.. List, (byte)'q', i, (byte)'h', (byte)(i - 1), .. Append, (byte)'h', (byte)(i - 1), .. Append]);
        // What is left below on the stack goes into one tuple.
        return [.. pickle[..2], .. Mark, .. pickle[2..], .. TupleEnd, .. Stop];
    }

    private static ModelContent Read(byte[] file) => ReadStore(new MemoryStore("m.pt", file));

    private static ModelContent ReadStore(ByteStore store) => TorchReader.Read(store, ZipDirectory.Read(store));

    private static string Refused(byte[] file)
    {
        var message = Should.Throw<DataException>(() => Read(file)).Message;
        message.ShouldContain("m.pt");
        return message;
    }
}
