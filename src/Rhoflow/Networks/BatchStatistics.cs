using System.Globalization;
using System.Runtime.CompilerServices;

namespace Rhoflow.Networks;

/// <summary>
/// What batch normalization by a minibatch's own statistics asks of minibatches: they are propagated whole, since every example's output
/// depends on all of them, and they need two numbers a channel.
/// </summary>
internal static class BatchStatistics
{
    /// <summary>Null, or why some minibatch cannot be normalized by its own variance, with the remedy.</summary>
    /// <param name="count">N.</param>
    /// <param name="batch">Examples of a minibatch; 0: all.</param>
    /// <param name="dropsLast">Whether a smaller last one is left out.</param>
    public static string? WhyNot(Network network, int count, int batch, bool dropsLast)
    {
        if (!NeedsTwo(network, out var place)) return null;
        var size = batch == 0 ? count : Math.Min(batch, count);
        string Sentence(string examples, string remedy) =>
            $"the batch normalization of {place} needs 2 examples for a variance, and {examples}; {remedy}";
        if (count == 1) return Sentence("the data have 1", "give it more");
        if (size == 1) return Sentence("every minibatch has 1", "batch: 2 or more");
        return dropsLast || count % size != 1 ? null
            : Sentence("the last minibatch of an epoch has 1", $"{count} = {count / size} · {size} + 1: drop-last: true, or another batch");
    }

    /// <summary>Bytes of activations and their derivatives of a minibatch that is propagated whole, in training.</summary>
    public static long Bytes<T>(Network network, int examples) where T : unmanaged =>
        (2L * network.Inputs + 3L * network.Nodes.Sum(static n => (long)n.Shape.Count)) * examples * Unsafe.SizeOf<T>();

    /// <summary>
    /// Null, or why a minibatch of so many examples is too large to be propagated whole: an array of more than 2³¹ bytes, or more than half
    /// of the memory.
    /// </summary>
    public static string? WhyTooLarge<T>(Network network, int examples) where T : unmanaged
    {
        var largest = network.Nodes.Select(static n => (long)n.Shape.Count).Append(network.Inputs).Max() * examples * Unsafe.SizeOf<T>();
        long bytes = Bytes<T>(network, examples), memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (largest <= int.MaxValue - 64 && bytes <= memory / 2) return null;
        return string.Create(CultureInfo.InvariantCulture,
            $"batch normalization takes the statistics of all {examples} examples of a minibatch at once, which needs about "
            + $"{bytes / 1e9:0.#} GB of activations, {largest / 1e9:0.#} GB of them at one node (at most {memory / 2e9:0.#} GB in all "
            + $"and 2.1 GB at a node can be had here); take fewer examples, or kind: sgd with a smaller batch");
    }

    private static bool NeedsTwo(Network network, out string place)
    {
        for (var i = 0; i < network.Nodes.Count; i++)
        {
            if (network.Nodes[i] is not BatchNormNode { Shape.Positions: 1 }) continue;
            place = $"node {i + 1} ({network.Nodes[i].Shape})";
            return true;
        }
        place = "";
        return false;
    }
}
