using System.Numerics;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>Makes descents, so that the number type is read from the risk.</summary>
public static class Descent
{
    /// <summary>Plain training: one optimizer, with weight decay λ‖W‖² on all layers.</summary>
    /// <example><code>
    /// using var run = Descent.Of(risk32, new Sgd(learningRate: 0.1, momentum: 0.9, batch: 128), weightDecay: 0.01)
    ///     .Replicas(seeds: 5, frobenius: [0.1, 1, 5])
    ///     .Train(epochs: 1000, observe: r => Console.WriteLine($"{r.Index}: {r.State.LogLoss}"));
    /// </code></example>
    public static Descent<T> Of<T>(DataRisk<T> risk, Optimizer rule, double weightDecay = 0) where T : unmanaged,
        IFloatingPointIeee754<T> =>
        new(risk, new DescentOptions(rule) { WeightDecay = [weightDecay] });

    /// <summary>Training with everything that <see cref="DescentOptions"/> can say.</summary>
    public static Descent<T> Of<T>(DataRisk<T> risk, DescentOptions options) where T : unmanaged, IFloatingPointIeee754<T> =>
        new(risk, options);
}

/// <summary>What to go down and how; where from is said next.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Descent<T>(DataRisk<T> risk, DescentOptions options) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>One replica from the weights θ.</summary>
    public Training<T> From(ReadOnlySpan<double> theta, TrainingOptions? training = null) =>
        new(risk, [new ReplicaStart(theta.ToArray(), options)], training);

    /// <summary>
    /// For each of the seeds 0 … and each ‖W_k‖ a replica of Kaiming weights, scaled to that norm in every layer; noise has the
    /// replica's seed. Replica number seed · norms + norm.
    /// </summary>
    /// <param name="seeds">How many seeds.</param>
    /// <param name="frobenius">The norms; empty: Kaiming's own.</param>
    public Training<T> Replicas(int seeds, ReadOnlySpan<double> frobenius = default, TrainingOptions? training = null)
    {
        var starts = new List<ReplicaStart>();
        for (var seed = 0; seed < seeds; seed++)
        {
            var own = options with { NoiseSeed = seed };
            if (frobenius.IsEmpty) starts.Add(new ReplicaStart(Start(seed), own));
            foreach (var norm in frobenius)
            {
                var theta = Start(seed);
                Initialization.ScaleLayers(risk.Network, theta, [norm]);
                starts.Add(new ReplicaStart(theta, own));
            }
        }
        return new Training<T>(risk, starts, training);
    }

    private double[] Start(int seed) => Initialization.Kaiming(risk.Network, new RandomStream(seed));
}
