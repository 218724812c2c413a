using System.Buffers.Binary;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

public sealed class SafetensorsTests
{
    [Fact]
    public void What_is_written_is_read_back_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        double[] wide = [.. Enumerable.Range(0, 24).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64()))];
        float[] narrow = [1.5f, float.MinValue, float.Epsilon];
        var file = new Safetensors();
        file.Add<double>("layers.1.weight", wide, 4, 6);
        file.Add<float>("momentum", narrow);
        file.Add<long>("counters", [7, long.MaxValue], 2);
        file.Metadata["format"] = "µ \"quoted\"";
        var path = Path.Combine(folder.Path, "state.safetensors");
        using (var stream = File.Create(path)) file.Write(stream);

        var back = Safetensors.Load(path);
        back.Arrays.Select(a => $"{a.Name} {a.Type} {string.Join("x", a.Shape)}")
            .ShouldBe(["layers.1.weight F64 4x6", "momentum F32 3", "counters I64 2"]);
        back.Read<double>("layers.1.weight").Select(BitConverter.DoubleToInt64Bits).ShouldBe(wide.Select(BitConverter.DoubleToInt64Bits));
        back.Read<float>("momentum").ShouldBe(narrow);
        back.Read<long>("counters").ShouldBe([7, long.MaxValue]);
        back.Metadata["format"].ShouldBe("µ \"quoted\"");
        back.ReadNumbers("momentum").ShouldBe([1.5, float.MinValue, float.Epsilon]);
        ((BinaryPrimitives.ReadInt64LittleEndian(File.ReadAllBytes(path)) + 8) % 8).ShouldBe(0);
    }

    [Fact]
    public void Half_precision_of_both_kinds_is_read_as_numbers()
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[8];
        BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)1.5);
        BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(2), (Half)(-0.25));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), 0x3FC0);          // 1.5 in bfloat16
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), 0xBE80);          // −0.25
        var path = Raw(folder, """
            {"h": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}, "b": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [4, 8]}}
            """, bytes);
        var file = Safetensors.Load(path);
        file.ReadNumbers("h").ShouldBe([1.5, -0.25]);
        file.ReadNumbers("b").ShouldBe([1.5, -0.25]);
    }

    [Theory]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 12]}}""", "would lie at bytes")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}""", "needs 12 bytes; it has 8")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]}}""", "array 'a' of shape [-1, -2]")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [-4, 4]}}""", "would lie at bytes")]
    [InlineData("""{"a": {"dtype": "PICKLE", "shape": [2], "data_offsets": [0, 8]}}""", "'PICKLE', which is not known")]
    [InlineData("""{"a": {"dtype": "F32", "data_offsets": [0, 8]}}""", "entry 'a' is not of the form")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 8]}}""", "entry 'a' is not of the form")]
    [InlineData("""{"a": 3}""", "entry 'a' is not of the form")]
    [InlineData("""[1, 2]""", "the header cannot be read")]
    [InlineData("""{"a": """, "the header cannot be read")]
    public void Damaged_headers_are_refused(string header, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = Raw(folder, header, new byte[8]);
        var error = Should.Throw<DataException>(() => Safetensors.Load(path));
        error.Message.ShouldContain(expected);
        error.Message.ShouldContain(path);
    }

    [Fact]
    public void Files_that_are_cut_off_or_something_else_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "x.safetensors");
        File.WriteAllBytes(path, [1, 2, 3]);
        Should.Throw<DataException>(() => Safetensors.Load(path)).Message.ShouldContain("3 bytes are too few");
        File.WriteAllBytes(path, Encoding.ASCII.GetBytes("PK\u0003\u0004 a zip file of pickles, not of numbers"));
        Should.Throw<DataException>(() => Safetensors.Load(path)).Message.ShouldContain("not a safetensors file");
        Should.Throw<DataException>(() => Safetensors.Load(Path.Combine(folder.Path, "none"))).Message.ShouldContain("cannot be read");
        var file = new Safetensors();
        file.Add<float>("a", [1, 2]);
        Should.Throw<ArgumentException>(() => file.Add<float>("a", [1])).Message.ShouldContain("already");
        Should.Throw<ArgumentException>(() => file.Add<float>("b", [1, 2], 3)).Message.ShouldContain("not 3");
        Should.Throw<DataException>(() => file.Read<float>("c")).Message.ShouldContain("there are a");
        Should.Throw<DataException>(() => file.Read<double>("a")).Message.ShouldContain("holds F32; F64 was expected");
    }

    private static string Raw(TemporaryFolder folder, string header, byte[] numbers)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        var path = Path.Combine(folder.Path, "raw.safetensors");
        File.WriteAllBytes(path, [.. length, .. json, .. numbers]);
        return path;
    }
}
