using System.Numerics;
using Rhoflow.Descents;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Shouldly;

namespace Rhoflow.Tests.Descents;

/// <summary>A rule alone, without a network to train: fed with directions, in parts as the steps of a descent cut them.</summary>
internal static class RuleRun
{
    /// <summary>What the rules make of each of the directions, one after the other.</summary>
    /// <param name="directions">One vector per step; of the length of <paramref name="x"/>.</param>
    /// <param name="x">What moves; it stays, so that only the rules are seen.</param>
    /// <param name="cut">How many numbers a part has, for rules that work number by number.</param>
    public static double[][] Of<T>(
        IRule rule, IReadOnlyList<Layer> layers, double[] x, double[][] directions, double decay = 0, int cut = int.MaxValue, int threads =
            1)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var team = new Team(threads);
        var update = rule.Init(new RuleMemory<T>(x.Length, layers));
        T[] single = [.. x.Select(T.CreateTruncating)];
        var results = new List<double[]>();
        foreach (var (step, direction) in directions.Index())
        {
            T[] u = [.. direction.Select(T.CreateTruncating)];
            var length = Math.Sqrt(u.Sum(static v => double.CreateTruncating(v) * double.CreateTruncating(v)));
            var bound = update.Bound(new Reach(length, Math.Sqrt(x.Sum(static v => v * v)), decay, step == 0));
            foreach (var (offset, count, layer) in Parts(rule, layers, x.Length, cut))
                update.Update(new Part<T>
                {
                    Offset = offset,
                    X = single.AsSpan(offset, count),
                    Layer = layer,
                    Decay = decay,
                    Step = step,
                    Team = rule.TakesWholeLayers ? team : null,
                }, u.AsSpan(offset, count));
            Math.Sqrt(u.Sum(static v => double.CreateTruncating(v) * double.CreateTruncating(v))).ShouldBeLessThanOrEqualTo(bound * 1.0001);
            results.Add([.. u.Select(static v => double.CreateTruncating(v))]);
        }
        return [.. results];
    }

    private static IEnumerable<(int Offset, int Count, Layer? Layer)> Parts(IRule rule, IReadOnlyList<Layer> layers, int length, int cut)
    {
        if (rule.TakesWholeLayers)
        {
            foreach (var layer in layers) yield return (layer.Offset, layer.Count, layer);
            yield break;
        }
        for (var at = 0; at < length; at += cut) yield return (at, Math.Min(cut, length - at), null);
    }
}
