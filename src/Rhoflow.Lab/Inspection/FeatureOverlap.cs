using System.Globalization;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures;
using Rhoflow.Measures.Limits;
using Rhoflow.Measures.Overlap;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Inspection;

/// <summary>What two networks make of the same examples: the alignment of their kernels.</summary>
/// <param name="Data">The examples.</param>
/// <param name="Examples">How many the features are compared on, at equal distances.</param>
/// <param name="Features">Linear CKA of what enters the last layer.</param>
/// <param name="TangentExamples">How many the tangent kernels are compared on; 0: they are not.</param>
/// <param name="Tangent">CKA of the tangent kernels, ∂f/∂θ of either network; NaN where they are not compared.</param>
/// <param name="NotCompared">What is not, and why.</param>
internal sealed record FeatureOverlap(string Data, int Examples, double Features, int TangentExamples, double Tangent,
    IReadOnlyList<(string What, string Why)> NotCompared)
{
    // N × N kernels of 32 MB.
    private const int MostExamples = 2000;

    // Kernels of fewer examples are alike by chance.
    private const int LeastExamples = 30;

    /// <param name="a">A network with its data.</param>
    /// <param name="b">Another, with the same data, prepared as its own were.</param>
    /// <param name="threads">No influence on results.</param>
    /// <param name="progress">Where it stands.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DataException">They do not see the same examples.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FeatureOverlap Of(TrainedNetwork a, TrainedNetwork b, int threads, Action<string> progress,
        CancellationToken cancellation = default)
    {
        var count = a.Train.Count;
        if (b.Train.Count != count || !a.Train.Y.SequenceEqual(b.Train.Y))
            throw new DataException($"A sees {count} examples of '{a.Train.Name}' and B {b.Train.Count} of '{b.Train.Name}': kernels are "
                + "compared on the same examples with the same labels");
        int[] chosen = Sampling.Even(count, MostExamples);
        progress($"features of {chosen.Length} examples");
        double[] k = Features(a, chosen), l = Features(b, chosen);
        var features = KernelAlignment.Of(k, l);
        var size = Math.Min(TangentKernel.Size(a.Theta.Length, count), TangentKernel.Size(b.Theta.Length, count));
        if (size < Math.Min(LeastExamples, count))
            return new FeatureOverlap(a.Train.Name, chosen.Length, features, 0, double.NaN, [("tangent kernels", string.Create(
                CultureInfo.InvariantCulture, $"of {Math.Max(a.Theta.Length, b.Theta.Length)} parameters gradients of {size} examples fit "
                + $"into memory; they are compared on {LeastExamples} or more"))]);
        progress($"tangent kernels of {size} examples");
        chosen = Sampling.Even(count, size);
        double[] m = Tangent(a, chosen), n = Tangent(b, chosen);
        return new FeatureOverlap(a.Train.Name, Math.Min(count, MostExamples), features, size, KernelAlignment.Of(m, n), []);

        double[] Features(TrainedNetwork of, int[] examples) => of.Precision == Precision.Float32 ? FeaturesAs<float>(of, examples)
            : FeaturesAs<double>(of, examples);

        double[] FeaturesAs<T>(TrainedNetwork of, int[] examples) where T : unmanaged, IFloatingPointIeee754<T>
        {
            using var passes = Linearization.Of<T>(of.Network, of.Loss, of.Train.Choose(examples), of.Reduction, of.Theta.ToArray(),
                View(of).Statistics<T>(of.Theta.Span, of.Statistics.Span, of.Train, cancellation), threads, cancellation);
            return KernelAlignment.Linear(passes.Features(of.Network.Depth)!, cancellation);
        }

        double[] Tangent(TrainedNetwork of, int[] examples)
        {
            using var passes = View(of).Linearize(through: false, of.Train.Choose(examples), of.Theta.ToArray(),
                View(of).Statistics<double>(of.Theta.Span, of.Statistics.Span, of.Train, cancellation), threads, cancellation);
            return TangentKernel.Of(passes).Gram;
        }

        static BatchNormView View(TrainedNetwork of) => new(of.Network, of.Loss, of.Reduction, of.BatchNorm, of.Batch);
    }
}
