using System.Buffers.Binary;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Lab.Models;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Models;

public sealed class SafetensorsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_of_every_type_are_read_in_windows()
    {
        static byte[] Bytes(int count, Action<Span<byte>> write)
        {
            var bytes = new byte[count];
            write(bytes);
            return bytes;
        }
        var random = new Random();
        var small = random.Next(-100, 100);
        (string Type, byte[] Bytes, double Expected)[] cases =
        [
            ("F64", Bytes(8, b => BinaryPrimitives.WriteDoubleLittleEndian(b, small / 3.0)), small / 3.0),
            ("F32", Bytes(4, b => BinaryPrimitives.WriteSingleLittleEndian(b, small / 3f)), small / 3f),
            ("F16", Bytes(2, b => BinaryPrimitives.WriteHalfLittleEndian(b, (Half)(small / 4.0))), small / 4.0),
            ("BF16", [0xc0, 0x3f], 1.5),
            ("F8_E4M3", [0b1_1000_100], -3),
            ("F8_E4M3", [0b0_0000_001], 1 / 512.0),
            ("F8_E4M3", [0x7e], 448),
            ("F8_E4M3", [0xff], double.NaN),
            ("F8_E5M2", [0b0_10000_01], 2.5),
            ("F8_E5M2", [0b1_11111_00], double.NegativeInfinity),
            ("I64", Bytes(8, b => BinaryPrimitives.WriteInt64LittleEndian(b, -(1L << 40))), -(double)(1L << 40)),
            ("I32", Bytes(4, b => BinaryPrimitives.WriteInt32LittleEndian(b, small)), small),
            ("I16", Bytes(2, b => BinaryPrimitives.WriteInt16LittleEndian(b, (short)small)), small),
            ("I8", [(byte)(sbyte)small], small),
            ("U64", Bytes(8, b => BinaryPrimitives.WriteUInt64LittleEndian(b, 1UL << 63)), Math.Pow(2, 63)),
            ("U32", [0xff, 0xff, 0xff, 0xff], uint.MaxValue),
            ("U16", [0xff, 0xff], ushort.MaxValue),
            ("U8", [200], 200),
            ("BOOL", [7], 1),
        ];
        var file = ModelSamples.Safetensors([.. cases.Select(static (c, i) => ($"a{i}", c.Type, (long[])[1, 1], c.Bytes))]);
        var tensors = SafetensorsReader.Read(new MemoryStore("m", file)).Tensors;
        tensors.Count.ShouldBe(cases.Length);
        for (var i = 0; i < cases.Length; i++) tensors[i].Numbers().ShouldBe([cases[i].Expected], cases[i].Type);
    }

    [Fact]
    public void Windows_of_a_large_array_are_its_parts()
    {
        var random = new Random();
        float[] values = [.. Enumerable.Range(0, 70_000).Select(_ => random.NextSingle())];
        var tensor = SafetensorsReader.Read(new MemoryStore("m", ModelSamples.Safetensors(("w", [700, 100], values)))).Tensors.Single();
        for (var k = 0; k < 20; k++)
        {
            var from = random.Next(values.Length);
            var window = new float[random.Next(values.Length - from + 1)];
            tensor.Read(from, window);
            window.ShouldBe(values[from..(from + window.Length)]);
        }
        Should.Throw<ArgumentOutOfRangeException>(() => tensor.Read(1, new double[values.Length]));
    }

    [Fact]
    public void Shards_are_one_model()
    {
        Shards("model-1.safetensors", "model-2.safetensors", """{"a": "model-1.safetensors", "b": "model-2.safetensors"}""");
        using var model = ModelFile.Open(_folder / "model.safetensors.index.json");
        model.Content.Tensors.Select(t => $"{t.Name} {t.Form} {string.Join(' ', t.Numbers())}").ShouldBe(["a 2 1 2", "b 1 × 1 3"]);
        model.Content.Format.ShouldBe("safetensors in 2 files");
    }

    [Theory]
    [InlineData("""{"a": "model-1.safetensors"}""", "", "a")]
    [InlineData("""{"a": "model-1.safetensors", "b": "model-1.safetensors"}""", "array 'b' should be in 'model-1.safetensors'", "")]
    [InlineData("""{"a": "model-2.safetensors", "b": "model-2.safetensors"}""", "array 'a' should be in 'model-2.safetensors'", "")]
    [InlineData("""{"b": "model-2.safetensors", "a": "model-3.safetensors"}""", "'model-3.safetensors', which holds 1 arrays, is not", "")]
    [InlineData("""{"c": "model-1.safetensors"}""", "array 'a' of 'model-1.safetensors' is not in the index", "")]
    [InlineData("""{"a": "../model-1.safetensors"}""", "is not the name of a file beside it", "")]
    [InlineData("""{"a": "/etc/passwd"}""", "is not the name of a file beside it", "")]
    [InlineData("""{"a": "..\\x"}""", "is not the name of a file beside it", "")]
    [InlineData("""{"a": ".."}""", "is not the name of a file beside it", "")]
    [InlineData("""{"a": "model-1.safetensors", "a": "model-1.safetensors"}""", "array 'a' stands there twice", "")]
    [InlineData("""{"a": 3}""", "'a' has no file's name", "")]
    [InlineData("""[]""", "'weight_map' is not one object", "")]
    public void An_index_and_its_shards_must_agree(string map, string expected, string read)
    {
        Shards("model-1.safetensors", "model-2.safetensors", map);
        if (expected.Length == 0)
        {
            using var model = ModelFile.Open(_folder / "model.safetensors.index.json");
            string.Join(' ', model.Content.Tensors.Select(t => t.Name)).ShouldBe(read);
        }
        else Should.Throw<DataException>(() => ModelFile.Open(_folder / "model.safetensors.index.json")).Message.ShouldContain(expected);
    }

    [Fact]
    public void Two_shards_cannot_hold_arrays_of_one_name()
    {
        Shards("model-1.safetensors", "model-2.safetensors", """{"a": "model-1.safetensors", "b": "model-2.safetensors"}""");
        File.WriteAllBytes(_folder / "model-2.safetensors", ModelSamples.Safetensors(("b", [1, 1], [3]), ("a", [1], [3])));
        Should.Throw<DataException>(() => ModelFile.Open(_folder / "model.safetensors.index.json")).Message
            .ShouldContain("array 'a' should be in 'model-1.safetensors', and 'model-2.safetensors' has one of that name too");
    }

    [Theory]
    [InlineData("""{"a": {"dtype": "F8_E8M0", "shape": [1], "data_offsets": [0, 1]}}""", "'F8_E8M0', which is not known here")]
    [InlineData("""{"a": {"dtype": "C64", "shape": [1], "data_offsets": [0, 1]}}""", "'C64', which is not known here")]
    [InlineData("""{"a": {"dtype": "U8", "shape": [4294967296, 4294967296, 4294967296], "data_offsets": [0, 1]}}""", "is not of the form")]
    [InlineData("""{"a": {"dtype": "U8", "shape": [1.5], "data_offsets": [0, 1]}}""", "is not of the form")]
    [InlineData("""{"a": {"dtype": "U8", "shape": [[1]], "data_offsets": [0, 1]}}""", "is not of the form")]
    [InlineData("""{"a\ud800": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}""", "the header cannot be read")]
    [InlineData("""{"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}} {}""", "the header cannot be read")]
    public void What_a_header_says_is_not_believed(string header, string expected) =>
        Should.Throw<DataException>(() => SafetensorsReader.Read(new MemoryStore("m.safetensors", ModelSamples.WithHeader(header, [1]))))
            .Message.ShouldContain(expected);

    [Fact]
    public void Too_many_axes_are_refused()
    {
        var header = $$$"""{"a": {"dtype": "U8", "shape": [{{{string.Join(',', Enumerable.Repeat(1, 65))}}}], "data_offsets": [0, 1]}}""";
        Should.Throw<DataException>(() => SafetensorsReader.Read(new MemoryStore("m", ModelSamples.WithHeader(header, [1])))).Message
            .ShouldContain("65 axes; 64 are the most");
    }

    [Fact]
    public void Mutated_files_are_read_or_refused() => LongHarness.Repeat("mutated safetensors models", 10_000, Mutated);

    [Fact(Explicit = true)]
    public void Mutated_files_for_hours() => LongHarness.Repeat("mutated safetensors models", 1_000_000, Mutated);

    [Fact]
    public void Mutated_indexes_are_read_or_refused() => LongHarness.Repeat("mutated sharded indexes", 10_000, MutatedIndex);

    [Fact(Explicit = true)]
    public void Mutated_indexes_for_hours() => LongHarness.Repeat("mutated sharded indexes", 1_000_000, MutatedIndex);

    private static readonly string[] Words = ["9223372036854775807", "[[[[", "-1", "\"U64\"", "1e400", "\\ud800", "{\"a\":"];

    private static void Mutated(Random random)
    {
        var bytes = ModelSamples.Safetensors(("fc.weight", "F32", [2, 3], new byte[24]), ("fc.bias", "BF16", [2], new byte[4]),
            ("n", "I64", [], new byte[8]), ("none", "F8_E4M3", [0, 5], []));
        var mutant = ModelSamples.Mutate(bytes, random, [.. Words.Select(Encoding.UTF8.GetBytes)]);
        ModelSamples.ReadOrRefused(mutant, "m.safetensors", SafetensorsReader.Read);
    }

    // The index or a shard.
    private static void MutatedIndex(Random random)
    {
        var shards = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["1.safetensors"] = ModelSamples.Safetensors(("a", [2], [1, 2]), ("b", [1], [3])),
            ["2.safetensors"] = ModelSamples.Safetensors(("c", [1, 1], [3])),
        };
        byte[] index = [.. """{"metadata": {"total_size": 16}, "weight_map": {"a": "1.safetensors", "b": "1.safetensors", """u8,
            .. """ "c": "2.safetensors"}}"""u8];
        string[] words = [.. Words, "../", "\"a\":", "2.safetensors", "}}", "\"weight_map\": {", "/etc/passwd", "null"];
        byte[] Damaged(byte[] bytes) => ModelSamples.Mutate(bytes, random, [.. words.Select(Encoding.UTF8.GetBytes)]);
        if (random.Next(4) == 0) shards["1.safetensors"] = Damaged(shards["1.safetensors"]);
        else index = Damaged(index);
        ModelSamples.ReadOrRefused(index, "m.safetensors.index.json", store => ShardIndex.Read(store, "m.safetensors.index.json", name =>
            new MemoryStore($"m.safetensors.index.json ({name})", shards[name]), shards.ContainsKey));
    }

    private void Shards(string first, string second, string map)
    {
        File.WriteAllBytes(_folder / first, ModelSamples.Safetensors(("a", [2], [1, 2])));
        File.WriteAllBytes(_folder / second, ModelSamples.Safetensors(("b", [1, 1], [3])));
        File.WriteAllText(_folder / "model.safetensors.index.json", """{"metadata": {"total_size": 12}, "weight_map": """ + map + "}",
            new UTF8Encoding(false));
    }
}
