using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>
/// How examples become the input of a graph: N × numbers, N × channels × rows × columns, or N × steps × numbers, a sequence (of an image of
/// one channel: its rows).
/// </summary>
/// <param name="Name">Of the input.</param>
/// <param name="Sizes">Of one example.</param>
/// <param name="Examples">As many as the graph takes at once; 0: any number.</param>
/// <param name="Image">The examples are images of this shape, whose channels come first in the graph; null: as they are.</param>
internal sealed record RuntimeInput(string Name, int[] Sizes, int Examples, TensorShape? Image)
{
    private const int Float32 = 1, Float64 = 11;

    /// <summary>Numbers of one example.</summary>
    public int Count => Sizes.Aggregate(1, static (a, b) => checked(a * b));

    /// <summary>Of a graph and the data that it is to be computed on.</summary>
    /// <param name="name">The file, for errors.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="example">One example.</param>
    /// <exception cref="DataException">It has several inputs, or one that such examples do not fit.</exception>
    public static RuntimeInput Of(string name, OnnxGraph graph, TensorShape example)
    {
        var constants = graph.Initializers.Select(static t => t.Name).ToHashSet(StringComparer.Ordinal);
        OnnxValue[] given = [.. graph.Inputs.Where(i => !constants.Contains(i.Name))];
        if (given is not [var input])
            throw new DataException($"{name}: the graph has {given.Length} inputs ("
                + $"{string.Join(", ", given.Select(static g => g.Name))}); one, the examples, is wanted");
        if (input.ElementType is not (0 or Float32 or Float64))
            throw new DataException($"{name}: the input '{input.Name}' is of type {input.ElementType} of ONNX; only float32 (1) and "
                + "float64 (11) are given");
        var axes = (input.Shape ?? []).Select(static a => int.TryParse(a, out var n) && n > 0 ? n : 0).ToArray();
        var has = input.Shape is null ? "no shape" : $"shape {string.Join(" × ", input.Shape)}";
        int[]? sizes = axes.Length switch
        {
            2 when example.IsVector => [example.Count],
            4 when !example.IsVector => [example.Channels, example.Height, example.Width],
            3 when example is { IsVector: false, Channels: 1 } => [example.Height, example.Width],
            3 when example.IsVector => Sequence(axes, example.Count),
            _ => null,
        };
        var said = axes.Skip(1).ToArray();
        if (sizes is null || sizes.Zip(said).Any(static p => p.Second > 0 && p.First != p.Second))
            throw new DataException($"{name}: the input '{input.Name}' has {has}; an example of the data is {example}, which does not fit. "
                + "N × numbers takes vectors, N × channels × rows × columns images, N × steps × numbers sequences: vectors of all their "
                + "numbers, step after step, or images of one channel, row after row");
        return new RuntimeInput(input.Name, sizes, axes[0], axes.Length == 4 ? example : null);
    }

    // One of the two may be open.
    private static int[]? Sequence(int[] axes, int count) => (axes[1], axes[2]) switch
    {
        ( > 0 and var steps, > 0 and var numbers) => [steps, numbers],
        ( > 0 and var steps, _) when count % steps == 0 => [steps, count / steps],
        (_, > 0 and var numbers) when count % numbers == 0 => [count / numbers, numbers],
        _ => null,
    };

    /// <summary>Some examples in the graph's order.</summary>
    /// <param name="data">All.</param>
    /// <param name="first">The first of those wanted.</param>
    /// <param name="x">Receives them; what is left over repeats the last.</param>
    /// <param name="examples">How many are wanted.</param>
    public void Fill(Dataset data, int first, int examples, Span<float> x)
    {
        for (var n = 0; n * Count < x.Length; n++)
        {
            var from = data.Example(first + Math.Min(n, examples - 1));
            var to = x.Slice(n * Count, Count);
            if (Image is { } image)
                for (var i = 0; i < from.Length; i++)
                    to[i % image.Channels * image.Positions + i / image.Channels] = (float)from[i];
            else
                for (var i = 0; i < from.Length; i++) to[i] = (float)from[i];
        }
    }
}
