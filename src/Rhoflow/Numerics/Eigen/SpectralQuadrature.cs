using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>
/// The spectrum as a distribution, by stochastic Lanczos quadrature (Ubaru, Chen and Saad 2017): from every random unit vector g, m steps
/// of Lanczos give the m-point Gauss quadrature of gᵀφ(A)g, whose mean over g is tr φ(A)/n. Errors are standard errors of that mean over
/// the probes; a quadrature does not see structure finer than about the spectrum's width over m.
/// </summary>
public sealed class SpectralQuadrature
{
    private readonly (double[] Nodes, double[] Weights)[] _probes;

    private SpectralQuadrature(int size, (double[] Nodes, double[] Weights)[] probes, int products)
    {
        (Size, _probes, Products) = (size, probes, products);
        (Smallest, Largest) = (probes.Min(static p => p.Nodes[0]), probes.Max(static p => p.Nodes[^1]));
    }

    /// <summary>n.</summary>
    public int Size { get; }

    /// <summary>The smallest node: within the spectrum, and close to its lower end.</summary>
    public double Smallest { get; }

    /// <summary>The largest node: within the spectrum, and close to its upper end.</summary>
    public double Largest { get; }

    /// <summary>Products with A.</summary>
    public int Products { get; }

    /// <summary>The quadratures of an operator from random unit vectors.</summary>
    /// <param name="a">A.</param>
    /// <param name="steps">m: nodes of a quadrature; n are exact.</param>
    /// <param name="probes">Random vectors, at least 2 for an error.</param>
    /// <param name="seed">The seed of the random vectors.</param>
    /// <param name="team">The threads that work on vectors; no influence on results.</param>
    /// <param name="cancellation">Looked at between products.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ArithmeticException">A product is not finite.</exception>
    public static SpectralQuadrature Of(ISymmetricOperator a, int steps, int probes, long seed, Team team,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(probes, 1);
        steps = Math.Min(steps, a.Size);
        var random = new RandomStream(seed, stream: 34);
        var rules = new (double[] Nodes, double[] Weights)[probes];
        var basis = new OrthonormalBasis(a.Size, steps, team);
        double[] w = new double[a.Size], h = new double[steps], d = new double[steps], e = new double[steps];
        var products = 0;
        for (var p = 0; p < probes; p++)
        {
            TraceEstimate.Signs(random, w);
            basis.Vectors.Keep(0);
            basis.Append(w, Math.Sqrt(a.Size));
            var norm = 0.0;
            while (true)
            {
                cancellation.Look();
                var j = basis.Count - 1;
                a.Apply(basis[j], w);
                products++;
                norm = Math.Max(norm, Vectors.Norm(w));
                if (!double.IsFinite(norm))
                    throw new ArithmeticException($"product {products} of the operator with a vector of norm 1 is not finite");
                e[j] = basis.Orthogonalize(w, h);
                d[j] = h[j];
                // The probe's own space is exhausted: its quadrature is exact.
                if (basis.Count == steps || e[j] <= 1e-12 * norm) break;
                basis.Append(w, e[j]);
            }
            rules[p] = Tridiagonal.Quadrature(d.AsSpan(0, basis.Count), e.AsSpan(0, basis.Count - 1));
        }
        return new SpectralQuadrature(a.Size, rules, products);
    }

    /// <summary>The mean of φ over the eigenvalues, tr φ(A)/n, with its standard error.</summary>
    public (double Value, double Error) Mean(Func<double, double> phi)
    {
        var samples = new double[_probes.Length];
        for (var p = 0; p < samples.Length; p++)
            for (var i = 0; i < _probes[p].Nodes.Length; i++) samples[p] += _probes[p].Weights[i] * phi(_probes[p].Nodes[i]);
        return TraceEstimate.Mean(samples);
    }

    /// <summary>How many eigenvalues lie in [from, to), with the standard error.</summary>
    public (double Value, double Error) Count(double from, double to)
    {
        var (value, error) = Mean(x => x >= from && x < to ? 1 : 0);
        return (Size * value, Size * error);
    }

    /// <summary>The density of eigenvalues at x, (1/n) Σ_i N(x − λ_i; σ²), which integrates to 1, with its standard error.</summary>
    /// <param name="x">Where.</param>
    /// <param name="width">σ, the width of the Gaussian kernel.</param>
    public (double Value, double Error) Density(double x, double width) =>
        Mean(node => Math.Exp(-(x - node) * (x - node) / (2 * width * width)) / (width * Math.Sqrt(2 * Math.PI)));
}
