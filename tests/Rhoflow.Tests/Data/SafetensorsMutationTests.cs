using System.Buffers.Binary;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

/// <summary>Damaged files: read as the format allows, or refused with a sentence; never anything else.</summary>
public sealed class SafetensorsMutationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string header, int numbers)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(_folder / "x.safetensors", [.. length, .. json, .. new byte[numbers]]);
        return _folder / "x.safetensors";
    }

    [Theory]
    [InlineData("""{"a": {"dtype":"F32","shape":[2], "data_offsets":[0, 8]}, "b": {"dtype":"F32","shape":[2], "data_offsets":[0, 8]}}""",
        8, "'b' begins at byte 0 of the numbers, inside 'a'")]
    [InlineData("""{"a": {"dtype":"F32","shape":[2], "data_offsets":[0, 8]}, "b": {"dtype":"F32","shape":[2], "data_offsets":[4, 12]}}""",
        12, "'b' begins at byte 4 of the numbers, inside 'a', which ends at 8")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1], "data_offsets":[0, 4]}, "b": {"dtype":"F32","shape":[1], "data_offsets":[8, 12]}}""",
        12, "between 'a' and 'b', belong to no array")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}""", 8, "the arrays end at byte 4 of the numbers; 8 bytes")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", 8, "between 'the header' and 'a'")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 9223372036854775807]}}""", 4, "would lie at bytes")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1], "data_offsets":[0, 4]}, "a": {"dtype":"F32","shape":[1], "data_offsets":[4, 8]}}""",
        8, "the header cannot be read")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "shape": [1], "data_offsets": [0, 4]}}""", 4, "the header cannot be read")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]}}""", 4, "entry 'a' is not of the form")]
    [InlineData("""{"__metadata__": {"a": 3}}""", 0, "has no text for 'a'")]
    [InlineData("""{"__metadata__": 3}""", 0, "not a map of texts")]
    public void Headers_that_lie_are_refused(string header, int numbers, string expected)
    {
        var path = Write(header, numbers);
        var error = Should.Throw<DataException>(() => Safetensors.Load(path));
        error.Message.ShouldContain(expected);
        error.Message.ShouldContain(path);
    }

    [Fact]
    public void A_header_longer_than_the_file_is_refused()
    {
        var path = _folder / "y.safetensors";
        foreach (var length in new[] { long.MaxValue, -1, 1L << 40, 3 })
        {
            var bytes = new byte[10];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
            File.WriteAllBytes(path, bytes);
            Should.Throw<DataException>(() => Safetensors.Load(path)).Message.ShouldContain(path);
        }
    }

    [Fact]
    public void Mutated_files_are_read_or_refused() => Mutate(new Random(), 2_000);

    private void Mutate(Random random, int times)
    {
        var file = new Safetensors();
        file.Metadata["format"] = "µ";
        file.Add<float>("0.weight", [1, 2, 3, 4, 5, 6], 3, 2);
        file.Add<double>("2.weight", [1, 2, 3], 1, 3);
        file.Add<long>("n", [7], 1);
        var memory = new MemoryStream();
        file.Write(memory);
        var whole = memory.ToArray();
        var path = _folder / "m.safetensors";
        var header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        for (var i = 0; i < times; i++)
        {
            byte[] bytes = [.. whole];
            for (var k = random.Next(3); k >= 0; k--)
                bytes[random.Next(random.Next(4) == 0 ? bytes.Length : header)] = (byte)random.Next(random.Next(2) == 0 ? 256 : 128);
            if (random.Next(8) == 0) bytes = bytes[..random.Next(bytes.Length)];
            if (random.Next(16) == 0) bytes = [.. bytes, .. new byte[random.Next(20)]];
            File.WriteAllBytes(path, bytes);
            try
            {
                foreach (var (name, shape, type) in Safetensors.Load(path).Arrays) _ = shape.Length + type.Length + name.Length;
            }
            catch (DataException e)
            {
                e.Message.ShouldContain(path);
            }
        }
    }
}
