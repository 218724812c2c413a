using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Curvature;

/// <summary>
/// The eigenvalues of ∇²L on all parameters at one θ, each part computed when it is first asked for: both ends by Lanczos, all of them up
/// to <see cref="LargestDense"/> parameters, and their distribution estimated above. Over e^s, s = <see cref="LogScale"/>.
/// </summary>
internal sealed class HessianSpectrum
{
    /// <summary>Largest and smallest eigenvalues that are computed.</summary>
    public const int Top = 20, Bottom = 5;

    /// <summary>Residuals of both ends, relative to the largest |eigenvalue|.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Up to so many parameters the matrix is written out: P products and about 4P³/3 operations.</summary>
    public const int LargestDense = 5000;

    /// <summary>Steps and probes of the quadrature above that.</summary>
    public const int Steps = 80, Probes = 10;

    /// <summary>Products of a trace.</summary>
    public const int TraceProducts = 60;

    /// <summary>
    /// Eigenvalues up to this times the largest |eigenvalue| count as zero: in a matrix that is written out, and in a quadrature, which
    /// does not see finer.
    /// </summary>
    public const double DenseZero = 1e-9, EstimatedZero = 1e-3;

    private static readonly Once<Linearization, HessianSpectrum> s_of = new(static p => new HessianSpectrum(p));

    private readonly Linearization _passes;
    private readonly Lazy<EigenPairs> _ends;
    private readonly Lazy<double[]> _dense;
    private readonly Lazy<SpectralQuadrature> _quadrature;

    private HessianSpectrum(Linearization passes)
    {
        _passes = passes;
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        var ends = passes.Cancellation;
        _ends = new(() => Lanczos.Solve(hessian, Top, Bottom, new EigenOptions { Tolerance = Tolerance }, passes.Team, ends));
        _dense = new(() => DenseOperator.Of(hessian, ends).Eigenvalues(passes.Team, ends));
        _quadrature = new(() => SpectralQuadrature.Of(hessian, Steps, Probes, seed: 0, passes.Team, ends));
    }

    /// <summary>Of a linearization, which it lives as long as: what several measures need is computed once.</summary>
    public static HessianSpectrum Of(Linearization passes) => s_of.Of(passes);

    /// <summary>s.</summary>
    public double LogScale => _passes.Value.LogScale;

    /// <summary>
    /// What rows of eigenvalues are multiplied by, as a logarithm: s where a double holds the largest eigenvalue, so that they are
    /// themselves; 0 otherwise, and they are over e^s.
    /// </summary>
    public double LogOfArrays => Sizes.Hold(Ends.Values.ToArray().Max(Math.Abs), LogScale) && Math.Abs(LogScale) < 690 ? LogScale : 0;

    /// <summary>Both ends, with residuals.</summary>
    public EigenPairs Ends => _ends.Value;

    /// <summary>Whether all eigenvalues are computed.</summary>
    public bool IsDense => _passes.Network.ParameterCount <= LargestDense;

    /// <summary>
    /// x_1ᵀ G x_1/θ_1: how much of the largest eigenvalue is the Gauss–Newton matrix G, x_1 its eigenvector. NaN where θ_1 ≤ 0.
    /// </summary>
    public double GaussNewtonShare()
    {
        if (Ends.Values[0] <= 0) return double.NaN;
        var image = new double[Ends.Vector(0).Length];
        _passes.GaussNewtonVectorProduct(Ends.Vector(0), image);
        return Vectors.Dot(Ends.Vector(0), image) / Ends.Values[0];
    }

    /// <summary>tr ∇²L or tr G by Hutch++.</summary>
    public TraceEstimate Trace(CurvatureKind kind) =>
        TraceEstimate.HutchPlusPlus(new CurvatureOperator(_passes, kind), TraceProducts, seed: 0, _passes.Team,
            _passes.Cancellation);

    /// <summary>Negative, zero and positive eigenvalues, the threshold, and the largest standard error of the three (0: counted).</summary>
    public (double Negative, double Zero, double Positive, double Threshold, double Error) Signs()
    {
        if (IsDense)
        {
            var signs = Signature.Of(_dense.Value, DenseZero);
            return (signs.Negative, signs.Zero, signs.Positive, signs.Threshold, 0);
        }
        var q = _quadrature.Value;
        var threshold = EstimatedZero * Math.Max(Math.Abs(q.Smallest), Math.Abs(q.Largest));
        var above = Math.BitIncrement(threshold);
        var (negative, zero, positive) =
            (q.Count(double.NegativeInfinity, -threshold), q.Count(-threshold, above), q.Count(above, double.PositiveInfinity));
        return (negative.Value, zero.Value, positive.Value, threshold, Math.Max(negative.Error, Math.Max(zero.Error, positive.Error)));
    }

    /// <summary>
    /// The density of eigenvalues on a grid: positions, values that integrate to 1, their standard errors (0 where all are known), and the
    /// kernel's width σ.
    /// </summary>
    /// <param name="points">Of the grid, from 3σ below the smallest eigenvalue to 3σ above the largest; σ is a hundredth of their
    /// distance.</param>
    public (double[] At, double[] Density, double[] Error, double Width) Density(int points)
    {
        var (low, high) = IsDense ? (_dense.Value[0], _dense.Value[^1]) : (_quadrature.Value.Smallest, _quadrature.Value.Largest);
        // All eigenvalues the same: a width of their own size, or 1 where they are zero.
        var width = high > low ? (high - low) / 100 : high != 0 ? Math.Abs(high) / 100 : 1;
        double[] at = new double[points], density = new double[points], error = new double[points];
        for (var i = 0; i < points; i++)
        {
            var x = at[i] = low - 3 * width + (high - low + 6 * width) * i / (points - 1);
            (density[i], error[i]) = IsDense ? (_dense.Value.Average(l => Kernel(x - l, width)), 0) : _quadrature.Value.Density(x, width);
        }
        return (at, density, error, width);
    }

    private static double Kernel(double d, double width) => Math.Exp(-d * d / (2 * width * width)) / (width * Math.Sqrt(2 * Math.PI));
}
