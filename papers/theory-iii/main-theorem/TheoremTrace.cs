using Rhoflow.Flows;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>The dynamics that the theorem compares.</summary>
internal enum Dynamics
{
    /// <summary>Ẇ = −∇L.</summary>
    GradientDescent,

    /// <summary>(A): V at fixed ρ, ρ swept upward.</summary>
    FixedRho,

    /// <summary>The same stationary points by descent along geodesics.</summary>
    Geodesic,

    /// <summary>(B): V and ρ_k under ‖V_k‖ = 1.</summary>
    Lagrange,

    /// <summary>Weight normalization of whole matrices.</summary>
    WeightNormalization,

    /// <summary>Weight normalization of every row.</summary>
    RowWeightNormalization,

    /// <summary>Weight normalization of every row in the metric of the inputs' second moment, its V on the inputs as they are.</summary>
    BatchNormalization,

    /// <summary>The same on the whitened inputs.</summary>
    BatchNormalizationWhitened,
}

/// <summary>One dynamics from one start: what was observed on the way, and where it ended.</summary>
internal sealed class TheoremTrace
{
    private const int Attempts = 4;
    private readonly List<double[]> _directions = [];
    private readonly List<double> _at = [], _logRho = [], _margins = [], _residuals = [];

    /// <summary>log₁₀ t; for the swept dynamics log₁₀ ρ.</summary>
    public IReadOnlyList<double> At => _at;

    /// <summary>log ρ, natural.</summary>
    public IReadOnlyList<double> LogRho => _logRho;

    /// <summary>min_n y_n f̃_n.</summary>
    public IReadOnlyList<double> Margins => _margins;

    /// <summary>The KKT residual (<see cref="TheoremKkt"/>).</summary>
    public IReadOnlyList<double> Residuals => _residuals;

    /// <summary>V at each observation.</summary>
    public IReadOnlyList<double[]> Directions => _directions;

    /// <summary>V at the end.</summary>
    public double[] V => _directions[^1];

    /// <summary>True where kinks of ReLUs ended it before its time.</summary>
    public bool Stopped { get; private set; }

    /// <summary>How often kinks stopped it, and it was begun again.</summary>
    public int Nudges { get; private set; }

    /// <summary>Adds an observation of V at ρ.</summary>
    public void Add(TheoremSetting setting, double at, double logRho, ReadOnlySpan<double> v)
    {
        _at.Add(at);
        _logRho.Add(logRho);
        _margins.Add(Margin(setting, v));
        _residuals.Add(TheoremKkt.Residual(setting.Network, v, setting.Data));
        _directions.Add(v.ToArray());
    }

    /// <summary>log₁₀ t of the observations of flows.</summary>
    public static double[] Decades(double last) =>
        [.. new[] { 0, .5, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000, 2000, 3000, 5000,
            1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6 }
            .Where(e => e <= last)];

    /// <summary>
    /// A flow from W to t = 10^last. Where the kinks of several ReLUs leave no velocity it begins again from the last observation, W moved
    /// by <see cref="SweptDirections.Nudge"/> of its norm, a few times.
    /// </summary>
    /// <param name="setting">Network and data.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="weights">Its start.</param>
    /// <param name="last">log₁₀ t at the end.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static TheoremTrace Follow(TheoremSetting setting, Flow flow, double[] weights, double last, CancellationToken cancellation)
    {
        var trace = new TheoremTrace();
        var random = new RandomStream(0, 43);
        var options = TheoremSetting.Options;
        double[] left = Decades(last);
        for (var attempt = 0; attempt < Attempts && left.Length > 0; attempt++)
        {
            FlowPoint? latest = null;
            try
            {
                foreach (var p in flow.From(weights, options).At(left.Instants(), cancellation))
                {
                    trace.Add(setting, p.Log10T, p.LogRho, p.V);
                    latest = p;
                }
            }
            catch (IntegrationException)
            {
                trace.Nudges++;
            }
            left = [.. left.SkipWhile(e => trace.At.Count > 0 && e <= trace.At[^1])];
            if (latest is not null) (weights, options) = (latest.Weights(), options with { Begin = latest.At });
            weights = Moved(setting.Network, weights, random);
        }
        trace.Stopped = left.Length > 0;
        return trace;
    }

    // Every layer keeps its norm.
    private static double[] Moved(Network network, double[] weights, RandomStream random)
    {
        var (v, rho) = (new double[weights.Length], new double[network.Depth]);
        NormsAndDirections.Split(network, weights, rho, v);
        return NormsAndDirections.Weights(network, rho, SweptDirections.Moved(network, v, SweptDirections.Nudge, random));
    }

    /// <summary>The same observations with other directions, on other data.</summary>
    public TheoremTrace Mapped(TheoremSetting setting, Func<double[], double[]> direction)
    {
        var trace = new TheoremTrace { Stopped = Stopped, Nudges = Nudges };
        for (var i = 0; i < _at.Count; i++) trace.Add(setting, _at[i], _logRho[i], direction(_directions[i]));
        return trace;
    }

    /// <summary>Places of a sweep of ρ.</summary>
    public static TheoremTrace Of(TheoremSetting setting, IReadOnlyList<SweptDirections.Place> places)
    {
        var trace = new TheoremTrace();
        foreach (var place in places) trace.Add(setting, Math.Log10(place.Rho), Math.Log(place.Rho), place.V);
        return trace;
    }

    /// <summary>min_n y_n f(V; x_n).</summary>
    public static double Margin(TheoremSetting setting, ReadOnlySpan<double> v)
    {
        var f = setting.Risk().Outputs(v);
        var least = double.PositiveInfinity;
        for (var n = 0; n < f.Length; n++) least = Math.Min(least, setting.Data.Y[n] * f[n]);
        return least;
    }

    /// <summary>V_k = W_k/‖W_k‖ and log ∏ρ_k.</summary>
    public static (double[] V, double LogRho) Split(Network network, ReadOnlySpan<double> weights)
    {
        var (v, rho) = (new double[network.ParameterCount], new double[network.Depth]);
        NormsAndDirections.Split(network, weights, rho, v);
        return (v, NormsAndDirections.LogProduct(network, rho));
    }
}
