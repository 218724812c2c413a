using Rhoflow.Numerics;

namespace Rhoflow.Regression;

/// <summary>A moment of a <see cref="PerturbedDescent"/>, averaged over its repeats.</summary>
/// <param name="Iteration">
/// Steps so far. At a perturbation, the moment before it; a second one of the same iteration is that after it.
/// </param>
/// <param name="TrainError">Mean over repeats of the mean squared error on training points.</param>
/// <param name="TestError">The same on test points.</param>
/// <param name="Norm">Mean ‖w‖.</param>
/// <param name="NormSquared">Mean ‖w‖².</param>
/// <param name="NullNormSquared">Mean ‖Pw‖², P = I − Φ⁺Φ: what no gradient can take back; the rest is ‖Φ⁺Φw‖².</param>
public sealed record PerturbedMoment(long Iteration, double TrainError, double TestError, double Norm, double NormSquared,
    double NullNormSquared);

/// <summary>
/// Gradient descent on the mean of squares whose weights get Gaussian noise every so often (T3b §6, Fig 4): data pull back what they see,
/// and the rest walks at random, E‖w‖² growing by (D − rank) σ² per perturbation (T3b §6; 6.2775 for degree 39 and 9 nodes). The steps
/// between perturbations are made at once (<see cref="FeatureModes.Descend"/>).
/// </summary>
/// <remarks>
/// The paper's step .2 is stable for the mean of squares, not for their sum. The slowest mode of degree 39 then shrinks by a factor .062 in
/// 120,000 steps, so that training error comes back to about 1e-8, not to machine precision as the caption says.
/// </remarks>
public sealed record PerturbedDescent
{
    /// <summary>η.</summary>
    public double Step { get; init; } = 0.2;

    /// <summary>Steps altogether.</summary>
    public long Iterations { get; init; } = 10_000_000;

    /// <summary>Steps between perturbations.</summary>
    public long Every { get; init; } = 120_000;

    /// <summary>The last iteration at which there may be one.</summary>
    public long Until { get; init; } = 5_000_000;

    /// <summary>Standard deviation of the noise on every weight.</summary>
    public double Sigma { get; init; } = 0.45;

    /// <summary>Runs that are averaged.</summary>
    public int Repeats { get; init; } = 29;

    /// <summary>Steps between moments; every perturbation and the end are moments too.</summary>
    public long Observe { get; init; } = 120_000;

    /// <summary>Standard deviation of every weight at the start; 0: w = 0.</summary>
    public double StartSigma { get; init; }

    /// <summary>Whether each perturbation has a second moment, of the same iteration, just after it.</summary>
    public bool AfterPerturbations { get; init; }

    /// <summary>Runs from w = 0, or from normal weights.</summary>
    /// <param name="phi">Φ on training points, N × D.</param>
    /// <param name="y">Their targets, N.</param>
    /// <param name="testPhi">Φ on test points, M × D.</param>
    /// <param name="testY">Their targets, M.</param>
    /// <param name="seed">Repeat r has noise of stream r.</param>
    /// <param name="cancellation">Looked at before every moment.</param>
    /// <exception cref="ArgumentException">A count or step that is out of range, or shapes that do not fit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PerturbedMoment[] Run(double[][] phi, double[] y, double[][] testPhi, double[] testY, long seed,
        CancellationToken cancellation = default)
    {
        if (Every < 1 || Observe < 1 || Repeats < 1 || Iterations < 0)
            throw new ArgumentException($"every {Every}, observe {Observe}, repeats {Repeats} must be ≥ 1 and iterations {Iterations} ≥ 0");
        if (!(Sigma >= 0 && StartSigma >= 0))
            throw new ArgumentException($"σ and that of the start must not be negative; {Sigma} and {StartSigma} were given");
        if (phi.Length != y.Length || testPhi.Length != testY.Length || testPhi.Any(r => r.Length != phi[0].Length))
            throw new ArgumentException($"{phi.Length} training rows with {y.Length} targets and {testPhi.Length} test rows with "
                + $"{testY.Length} targets were given; features must agree");
        var modes = FeatureModes.Of(phi);
        (long At, bool After)[] times = [.. Moments()];
        var sums = new double[times.Length, 5];
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var noise = new RandomStream(seed, repeat);
            var w = new double[modes.Features];
            Add(w, StartSigma, noise);
            var now = 0L;
            for (var i = 0; i < times.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                modes.Descend(w, y, Step, times[i].At - now);
                now = times[i].At;
                if (times[i].After) Add(w, Sigma, noise);
                double[] values = [Error(phi, y, w), Error(testPhi, testY, w), Vectors.Norm(w), Vectors.Dot(w, w),
                    Square(modes.NullPart(w))];
                for (var j = 0; j < values.Length; j++) sums[i, j] += values[j] / Repeats;
                if (!AfterPerturbations && IsPerturbed(now)) Add(w, Sigma, noise);
            }
        }
        return [.. times.Select((t, i) => new PerturbedMoment(t.At, sums[i, 0], sums[i, 1], sums[i, 2], sums[i, 3], sums[i, 4]))];
    }

    private bool IsPerturbed(long iteration) => iteration > 0 && iteration % Every == 0 && iteration <= Until;

    private SortedSet<(long At, bool After)> Moments()
    {
        SortedSet<(long At, bool After)> times = [(Iterations, false)];
        for (var t = 0L; t < Iterations; t += Observe) times.Add((t, false));
        for (var t = Every; t <= Math.Min(Until, Iterations); t += Every)
        {
            times.Add((t, false));
            if (AfterPerturbations) times.Add((t, true));
        }
        return times;
    }

    private static void Add(Span<double> w, double sigma, RandomStream noise)
    {
        if (sigma == 0) return;
        foreach (ref var v in w) v += sigma * noise.NextNormal();
    }

    private static double Error(double[][] phi, double[] y, double[] w)
    {
        var sum = 0.0;
        for (var n = 0; n < y.Length; n++)
        {
            var e = Vectors.Dot(phi[n], w) - y[n];
            sum += e * e;
        }
        return sum / y.Length;
    }

    private static double Square(double[] w) => Vectors.Dot(w, w);
}
