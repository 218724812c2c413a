using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;

namespace Rhoflow.Benchmarks;

/// <summary>
/// The 20 largest eigenvalues of the Hessian of the conv row's network (0.1 million parameters) on 2,000 images, each to a residual of 1e-3
/// of itself, in float32 with all threads: the same network, images and labels as in peers/curvature.py, and the same Lanczos on both
/// sides.
/// </summary>
internal static class CurvatureWorks
{
    private const int Images = 2000, Classes = 10, Wanted = 20, Threads = 2;

    public static IReadOnlyList<Work> All { get; } =
    [
        new("eigen", Threads, "curvature.py", ["torch", "libtorch"], Top, 0, IsSingle: true, IsRate: false, new Goal(GoalKind.Ratio, 2),
            "the Hessian products: 6 matrix products a layer and image") { Pairs = 3, IsDear = true },
    ];

    private static Action<int> Top()
    {
        var network = TrainingWorks.Convolutional(batchNorm: false);
        var (x, y) = Data(network.Inputs);
        var data = Dataset.Of("hashed", x, y, network.Inputs, [.. Enumerable.Range(0, Classes).Select(static c => $"{c}")]);
        var passes = Linearization.Of<float>(network, Loss.CrossEntropy, data, Reduction.Mean, Weights(network), default, Threads);
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        var options = new EigenOptions
        {
            Tolerance = 1e-3,
            Scale = ResidualScale.Value,
            Basis = 60,
            SearchForMultiples = false,
            ConfirmResiduals = false
        };
        return count =>
        {
            for (var i = 0; i < count; i++) Lanczos.Solve(hessian, Wanted, 0, options, passes.Team);
        };
    }

    // Noise around a mean image of the class, both from hashes of positions: what any language can repeat.
    private static (float[] X, double[] Y) Data(int inputs)
    {
        var x = new float[Images * inputs];
        double[] y = [.. Enumerable.Range(0, Images).Select(static n => (double)(n % Classes))];
        for (var n = 0; n < Images; n++)
            for (var i = 0; i < inputs; i++)
                x[n * inputs + i] = (float)(Hash(1, (ulong)(n * inputs + i)) + 0.5 * Hash(2, (ulong)(n % Classes * inputs + i)));
        return (x, y);
    }

    // Kaiming: variance 2 over the terms of a sum.
    private static double[] Weights(Network network)
    {
        var theta = network.Zeros();
        foreach (var layer in network.Layers)
            for (var i = 0; i < layer.Count; i++)
                theta[layer.Offset + i] = Hash(3, (ulong)(layer.Offset + i)) * Math.Sqrt(2.0 / layer.Columns);
        return theta;
    }

    // Uniform on (−√3, √3), of variance 1: SplitMix64.
    private static double Hash(ulong stream, ulong index)
    {
        var z = (stream << 40) + (index + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (2 * ((z >> 11) * (1.0 / (1UL << 53))) - 1) * Math.Sqrt(3);
    }
}
