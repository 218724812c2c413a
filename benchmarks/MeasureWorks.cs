using Rhoflow.Kernels;
using Rhoflow.Measures.Collapse;
using Rhoflow.Measures.Structure;
using Rhoflow.Observations;

namespace Rhoflow.Benchmarks;

/// <summary>Measures that look at many numbers: the collapse of features, the norms of convolutions.</summary>
internal static class MeasureWorks
{
    private const string Script = "measures.py";
    private const int Threads = 2;

    // ResNet-18 for images of 32 × 32: (pixels, channels, maps, kernel, stride), with how often.
    private static readonly (int Pixels, int Channels, int Maps, int Kernel, int Stride, int Times)[] s_resnet18 =
    [
        (32, 3, 64, 3, 1, 1), (32, 64, 64, 3, 1, 4),
        (32, 64, 128, 3, 2, 1), (32, 64, 128, 1, 2, 1), (16, 128, 128, 3, 1, 3),
        (16, 128, 256, 3, 2, 1), (16, 128, 256, 1, 2, 1), (8, 256, 256, 3, 1, 3),
        (8, 256, 512, 3, 2, 1), (8, 256, 512, 1, 2, 1), (4, 512, 512, 3, 1, 3),
    ];

    public static IReadOnlyList<Work> All { get; } =
    [
        new("collapse", Threads, Script, ["torch"], Collapse, 0, IsSingle: false, IsRate: false, new Goal(GoalKind.Seconds, 2),
            "reading the features: three passes, 100 MB each"),
        new("spectral-resnet18", Threads, Script, ["torch"], Spectral, 0, IsSingle: false, IsRate: false, new Goal(GoalKind.Seconds, 5),
            "products of Fourier blocks with vectors: memory, from 256 maps on"),
    ];

    // NC1 to NC4 of 50,000 × 512 features in float32, 10 classes; the same numbers as in peers/measures.py.
    private static Action<int> Collapse()
    {
        const int n = 50_000, p = 512, classes = 10;
        var x = new float[n * p];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < p; j++) x[i * p + j] = (float)(Math.Sin(1.7 * i + 0.9 * j * j) + (j % classes == i % classes ? 1 : 0));
        var labels = ClassLabels.Of([.. Enumerable.Range(0, n).Select(static i => i % classes)], classes);
        double[] w = [.. Enumerable.Range(0, classes * p).Select(static i => Math.Cos(2.3 * i))];
        var team = new Team(Threads);
        return count =>
        {
            for (var i = 0; i < count; i++) NeuralCollapse.Of(FeatureMatrix.Of(x, p), labels, w, team: team);
        };
    }

    private static Action<int> Spectral()
    {
        var team = new Team(Threads);
        var layers = new List<(ConvolutionShape Shape, double[] W)>();
        foreach (var (pixels, channels, maps, kernel, stride, times) in s_resnet18)
            for (var i = 0; i < times; i++)
            {
                var shape = new ConvolutionShape(pixels, pixels, channels, maps, kernel, kernel, stride, kernel / 2);
                // Like initial weights: no direction stands out, which is the hardest case for Lanczos.
                var random = new Numerics.RandomStream(layers.Count);
                layers.Add((shape, [.. Enumerable.Range(0, maps * shape.Patch).Select(_ => random.NextNormal())]));
            }
        return count =>
        {
            for (var i = 0; i < count; i++)
                foreach (var (shape, w) in layers) new CircularConvolution(shape, w).Norm(team);
        };
    }
}
