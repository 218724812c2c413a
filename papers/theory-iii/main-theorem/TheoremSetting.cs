using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>A network with its data, on which the main theorem is tried; starts differ by their seeds alone.</summary>
/// <param name="Name">In words: <c>ReLU 4-6-1, teacher</c>.</param>
/// <param name="Network">K = 2 or 3 layers.</param>
/// <param name="Data">Labels ±1.</param>
internal sealed record TheoremSetting(string Name, Network Network, Dataset Data)
{
    private const double StartNorm = 1;
    private static readonly Instant LastStart = Instant.FromLog10T(6);

    /// <summary>Seeds tried for one setting, at most.</summary>
    private const int MostSeeds = 400;

    /// <summary>Of every trajectory here.</summary>
    public static IntegrationOptions Options { get; } = new() { Tolerance = new(1e-8, 1e-11), MaxSteps = 3_000 };

    /// <summary>
    /// Whether f is linear in x and its layers are full matrices: the normalized network of largest margin is then unique.
    /// </summary>
    public bool IsDeepLinear => Network.IsLinear && Network.Layers[0].Kind == LayerKind.Dense;

    /// <summary>Whether every layer but the last is diagonal.</summary>
    public bool IsDiagonal => Network.Layers[0].Kind == LayerKind.Diagonal;

    /// <summary>Whether it has ReLUs.</summary>
    public bool HasKinks => Network.HasKinks;

    /// <summary>All settings of the experiment.</summary>
    public static IReadOnlyList<TheoremSetting> All(StudyContext context) => context.Full ? Whole : Quick;

    /// <summary>How many starts it has.</summary>
    public int Starts(StudyContext context) => context.Size(IsDiagonal ? 20 : 10, 40);

    /// <summary>In words, for set-ups.</summary>
    public static string Words =>
        $"Networks of two and three layers: {string.Join("; ", Quick.Select(s => s.Name))}. Iris is setosa against the rest, every fifth "
        + "example; Digits 3 against 8, 2×2 blocks averaged; teacher labels are those of a random ReLU network, for linear and diagonal "
        + "networks the sign of x_1. L = Σ e^{−yf}. Ten starts each, twenty of diagonal networks: N(0, 1) weights scaled to ‖W_k‖ = "
        + $"{Wording.Text(StartNorm)}, followed by gradient descent to L = 1, which separates the data (every y_n f_n > 0): from that W "
        + $"all dynamics start. Seeds whose descent does not get there by t = {Wording.Decade(LastStart.Log10T)} (dead ReLUs, kinks) are "
        + "outside the hypothesis and are passed over. DOP853 and Radau IIA in log(1 + t), relative tolerance "
        + $"{Wording.Text(Options.Tolerance.Relative)}";

    private static readonly TheoremSetting[] Quick =
    [
        Of("ReLU 4-6-1, teacher", Network.Dense(4, 6, 1), TeacherData.Of(1, 12, 4)),
        Of("ReLU 4-6-1, Iris", Network.Dense(4, 6, 1), EveryFifth(SetosaOrNot())),
        Of("ReLU 4-5-4-1, teacher", Network.Dense(4, 5, 4, 1), TeacherData.Of(1, 12, 4)),
        Of("ReLU 16-2-1, Digits", Network.Dense(16, 2, 1), Blocks(DigitPair().Choose([.. Enumerable.Range(0, 12)]))),
        Of("linear 4-3-1, Iris", Network.Linear(4, 3, 1), EveryFifth(SetosaOrNot())),
        Of("linear 4-4-3-1, teacher", Network.Linear(4, 4, 3, 1), TeacherData.Of(1, 12, 4).WithLinearLabels()),
        Of("diagonal K = 2, teacher", Network.Diagonal(6, 2), TeacherData.Of(1, 12, 6).WithLinearLabels()),
        Of("diagonal K = 3, teacher", Network.Diagonal(6, 3), TeacherData.Of(1, 12, 6).WithLinearLabels()),
        Of("diagonal K = 3, Iris", Network.Diagonal(4, 3), EveryFifth(SetosaOrNot())),
    ];

    private static readonly TheoremSetting[] Whole =
    [
        .. Quick,
        Of("ReLU 4-8-1, all of Iris", Network.Dense(4, 8, 1), SetosaOrNot()),
        Of("ReLU 4-6-4-1, all of Iris", Network.Dense(4, 6, 4, 1), SetosaOrNot()),
        Of("ReLU 64-4-1, Digits", Network.Dense(64, 4, 1), DigitPair().Choose([.. Enumerable.Range(0, 60)])),
        Of("linear 64-3-1, Digits", Network.Linear(64, 3, 1), DigitPair().Choose([.. Enumerable.Range(0, 60)])),
    ];

    /// <summary>
    /// log N/(ρη), η = min_n y_n f̃_n: no stationary point of (A) at ρ has a larger KKT residual. With α_n in proportion to p_n =
    /// e^{−ρq_n}/Σ
    /// it is stationary exactly, and Σ p_n ρ(q_n − η) = H(p) − log Σ e^{−ρ(q_n − η)} ≤ log N.
    /// </summary>
    public double Bound(double rho, ReadOnlySpan<double> v) => Math.Log(Data.Count) / (rho * TheoremTrace.Margin(this, v));

    /// <summary>Σ_n e^{−y_n f_n}. A new one each time, since it owns what it computes in.</summary>
    public EmpiricalRisk Risk() => new(Network, Loss.Exponential, Data, Reduction.Sum);

    /// <summary>The first <paramref name="count"/> seeds whose gradient descent reaches L = 1, with the weights there.</summary>
    public IReadOnlyList<(int Seed, double[] Weights)> Separating(int count, CancellationToken cancellation)
    {
        var found = new List<(int, double[])>();
        for (var seed = 0; found.Count < count && seed < MostSeeds; seed++)
            if (Separate(seed, cancellation) is { } weights) found.Add((seed, weights));
        return found;
    }

    private double[]? Separate(int seed, CancellationToken cancellation)
    {
        var theta = Initialization.Normal(Network, new RandomStream(seed, 31));
        Initialization.ScaleLayers(Network, theta, [StartNorm]);
        var options = Options with { Until = new Until(LastStart, Log10Loss: 0) };
        try
        {
            var last = new UnconstrainedFlow(Risk()).From(theta, options).At([], cancellation).LastOrDefault();
            return last is { LogLoss: < 1e-6 } ? last.Weights() : null;
        }
        catch (IntegrationException)
        {
            return null;   // on kinks of several ReLUs at once
        }
    }

    private static TheoremSetting Of(string name, Network network, Dataset data) => new(name, network, data);

    private static Dataset SetosaOrNot() => Iris.Load().Binary("setosa");

    private static Dataset EveryFifth(Dataset data) => data.Choose([.. Enumerable.Range(0, data.Count).Where(n => n % 5 == 0)]);

    private static Dataset DigitPair() => Digits.Load().OfClasses("3", "8").Binary("3").ScalePixels();

    // 8 × 8 images as the 16 means of their 2 × 2 blocks.
    private static Dataset Blocks(Dataset images)
    {
        var x = new double[images.Count * 16];
        for (var n = 0; n < images.Count; n++)
            for (var i = 0; i < 64; i++) x[n * 16 + i / 16 * 4 + i % 8 / 2] += images.Example(n)[i] / 4;
        return images.WithInputs(x, 16);
    }
}
