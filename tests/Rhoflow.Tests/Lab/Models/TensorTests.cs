using System.Runtime.InteropServices;
using Rhoflow.Data;
using Rhoflow.Lab.Models;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>Views by strides, against the definition: entry (i, j, …) lies at offset + Σ index · stride.</summary>
public sealed class TensorTests
{
    [Fact]
    public void A_view_reads_what_its_strides_say()
    {
        var random = new Random();
        float[] storage = [.. Enumerable.Range(0, 40_000).Select(static i => (float)i)];
        var store = new MemoryStore("s", MemoryMarshal.AsBytes<float>(storage).ToArray());
        for (var k = 0; k < 200; k++)
        {
            // Axes of random sizes, laid out in a random order with random gaps.
            int[] order = [.. Enumerable.Range(0, random.Next(1, 5))];
            random.Shuffle(order);
            var (shape, strides, stride) = (new long[order.Length], new long[order.Length], 1L);
            foreach (var a in order)
            {
                (shape[a], strides[a]) = (random.Next(1, k % 10 == 0 ? 9 : 5), stride);
                stride *= shape[a] + (random.Next(3) == 0 ? 1 : 0);
            }
            if (stride >= storage.Length) continue;
            var offset = random.Next(storage.Length - (int)stride);
            var view = new Tensor("v", shape, ElementType.Float32, store, 4L * offset, strides);
            var expected = Expected(shape, strides).Select(i => (double)storage[offset + i]).ToArray();
            view.Numbers().ShouldBe(expected);
            var from = random.Next(expected.Length);
            var window = new double[random.Next(expected.Length - from + 1)];
            view.Read(from, window);
            window.ShouldBe(expected[from..(from + window.Length)]);
            if (shape.Length == 2)
                view.Transposed().Numbers().ShouldBe(Expected([shape[1], shape[0]], [strides[1], strides[0]])
                    .Select(i => (double)storage[offset + i]));
        }
    }

    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 4, 1 }, 4, "would end at byte 52 of 48")]
    [InlineData(new long[] { 3, 4 }, new long[] { 1, 4 }, 0, "would end at byte 60 of 48")]
    [InlineData(new long[] { 1000000, 2 }, new long[] { 0, 1 }, 0, "repeats the 12 numbers")]
    [InlineData(new long[] { 2 }, new long[] { -1 }, 4, "cannot be negative")]
    [InlineData(new long[] { 2, 3 }, new long[] { 1 }, 0, "has 1 strides")]
    [InlineData(new long[] { 1L << 40, 1L << 40 }, new long[] { 1, 1 }, 0, "more numbers than any file")]
    [InlineData(new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, 0, "would end at byte")]
    [InlineData(new long[] { 1 }, new long[] { 1 }, -4, "would end at byte")]
    [InlineData(new long[] { 1 }, new long[] { 1 }, 48, "would end at byte")]
    [InlineData(new long[] { 1 }, new long[] { 1 }, long.MaxValue, "would end at byte")]
    [InlineData(new long[] { -1 }, null, 0, "negative size")]
    public void What_does_not_lie_in_its_storage_is_refused(long[] shape, long[]? strides, long offset, string expected)
    {
        Should.Throw<DataException>(() => new Tensor("w", shape, ElementType.Float32, new MemoryStore("s", new byte[48]), offset, strides))
            .Message.ShouldContain(expected);
    }

    private static IEnumerable<int> Expected(long[] shape, long[] strides)
    {
        IEnumerable<long> at = [0];
        for (var a = 0; a < shape.Length; a++)
        {
            var axis = a;
            at = at.SelectMany(b => Enumerable.Range(0, (int)shape[axis]).Select(i => b + i * strides[axis]));
        }
        return at.Select(static i => (int)i);
    }
}
