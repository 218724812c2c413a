using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>
/// Extreme eigenpairs of a symmetric operator by thick-restart Lanczos (Wu and Simon 2000) with full reorthogonalization in float64: a
/// Krylov basis V grows to m vectors, A V = V T + r e_mᵀ; its best Ritz vectors are kept and it grows again from r. ‖A x − θ x‖ = ‖r‖ |s_m|
/// for the Ritz pair of T s = θ s. Where the basis closes up (r = 0) it goes on from a random vector, so that invariant subspaces, few
/// distinct eigenvalues and the zero matrix are no special cases. The seed decides the start, so the same input gives the same bits.
/// </summary>
public sealed class Lanczos
{
    // Less than this share of ‖A‖ is what rounding leaves of r.
    private const double Negligible = 1e-12;

    private readonly ISymmetricOperator _a;
    private readonly EigenOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly RandomStream _random;
    private readonly OrthonormalBasis _basis;
    private readonly int _top, _bottom, _size;
    private readonly double[] _t, _h, _w;

    private double _beta, _norm, _dropped;
    private int _products;
    private double[] _theta = [], _residuals = [];
    private Matrix<double> _s = DenseMatrix.CreateIdentity(1);

    private Lanczos(ISymmetricOperator a, int top, int bottom, EigenOptions options, Team team, CancellationToken cancellation)
    {
        (_a, _options, _cancellation, _random) = (a, options, cancellation, new RandomStream(options.Seed, stream: 30));
        var n = a.Size;
        _top = Math.Min(top, n);
        _bottom = Math.Min(bottom, n - _top);
        var wanted = _top + _bottom;
        _size = Math.Min(n, wanted == n ? n : Math.Max(wanted + 3, options.Basis > 0 ? options.Basis : 2 * wanted + 20));
        _basis = new OrthonormalBasis(n, _size, team);
        (_t, _h, _w) = (new double[_size * _size], new double[_size], new double[n]);
    }

    /// <summary>The largest and the smallest eigenvalues with their vectors; all n of them where that many are wanted.</summary>
    /// <param name="a">A.</param>
    /// <param name="top">How many of the largest.</param>
    /// <param name="bottom">How many of the smallest.</param>
    /// <param name="options">Tolerance and limits.</param>
    /// <param name="team">The threads that work on vectors; no influence on results.</param>
    /// <param name="cancellation">Looked at between products.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ArgumentException">No eigenvalue is wanted, or the operator is empty.</exception>
    /// <exception cref="ArithmeticException">A product is not finite.</exception>
    public static EigenPairs Solve(ISymmetricOperator a, int top, int bottom, EigenOptions options, Team team,
        CancellationToken cancellation = default)
    {
        if (a.Size < 1) throw new ArgumentException("the operator has no rows", nameof(a));
        if (top < 0 || bottom < 0 || top + bottom < 1)
            throw new ArgumentException($"{top} largest and {bottom} smallest eigenvalues are wanted; at least one is needed");
        return new Lanczos(a, top, bottom, options, team, cancellation).Run();
    }

    private int Wanted => _top + _bottom;

    private EigenPairs Run()
    {
        _basis.AppendRandom(_random);
        double[]? found = null;
        while (true)
        {
            // A search orthogonal to what was found takes the whole basis: after a few steps from a random vector no large eigenvalue has
            // appeared yet.
            Grow(found is null ? Math.Max(5, _size / 10) : _size);
            RayleighRitz();
            if (_theta.Length < Wanted)
            {
                GoOn();
                continue;
            }
            var converged = Enumerable.Range(0, Wanted).All(i => _residuals[Place(i)] <= Allowed(_theta[Place(i)]));
            double[] values = [.. Enumerable.Range(0, Wanted).Select(i => _theta[Place(i)])];
            var complete = _basis.Count == _a.Size || converged
                && (!_options.SearchForMultiples || found is not null && NothingBeyond() && IsSame(found, values));
            if (complete || _products >= _options.MostProducts) return Result(complete);
            if (converged && (found is null || !IsSame(found, values)))
            {
                found = values;
                SearchOrthogonally();
            }
            else if (_basis.Count == _size) Restart();
            else GoOn();
        }
    }

    // Eigenvalue i of those that are wanted, as an index of the ascending θ: largest first, then the smallest, descending.
    private int Place(int i) => i < _top ? _theta.Length - 1 - i : Wanted - 1 - i;

    private double Allowed(double theta) =>
        Math.Max(Negligible * _norm, _options.Tolerance * (_options.Scale == ResidualScale.Norm ? _norm : Math.Abs(theta)));

    // That many products, or up to a full basis; then _w and _beta are the residual.
    private void Grow(int steps)
    {
        for (var step = 1; ; step++)
        {
            _cancellation.Look();
            var j = _basis.Count - 1;
            _a.Apply(_basis[j], _w);
            _products++;
            var size = Vectors.Norm(_w);
            if (!double.IsFinite(size))
                throw new ArithmeticException($"product {_products} of the operator with a vector of norm 1 is not finite");
            _norm = Math.Max(_norm, size);
            _beta = _basis.Orthogonalize(_w, _h);
            for (var i = 0; i <= j; i++) _t[i * _size + j] = _t[j * _size + i] = _h[i];
            if (_beta <= Negligible * _norm) _beta = 0;
            if (_basis.Count == _size || step == steps) return;
            GoOn();
        }
    }

    private void GoOn()
    {
        if (_beta > 0) _basis.Append(_w, _beta);
        else _basis.AppendRandom(_random);
    }

    private void RayleighRitz()
    {
        var m = _basis.Count;
        var evd = DenseMatrix.Create(m, m, (i, j) => _t[i * _size + j]).Evd(Symmetricity.Symmetric);
        var order = Enumerable.Range(0, m).OrderBy(i => evd.EigenValues[i].Real).ToArray();
        _theta = [.. order.Select(i => evd.EigenValues[i].Real)];
        _s = DenseMatrix.Create(m, m, (i, j) => evd.EigenVectors[i, order[j]]);
        _residuals = [.. Enumerable.Range(0, m).Select(i => Math.Abs(_beta * _s[m - 1, i]))];
        // A small T is as accurate as its largest number; ‖A v‖ over unit vectors is no larger than ‖A‖.
        _norm = Math.Max(_norm, Math.Max(Math.Abs(_theta[0]), Math.Abs(_theta[^1])));
    }

    // No pair outside those wanted still may turn out to be one of them.
    private bool NothingBeyond()
    {
        if (_theta.Length == Wanted) return true;
        var slack = _options.Tolerance * _norm;
        int above = _theta.Length - 1 - _top, below = _bottom;
        return (_top == 0 || _theta[above] + _residuals[above] <= _theta[above + 1] + slack)
            && (_bottom == 0 || _theta[below] - _residuals[below] >= _theta[below - 1] - slack);
    }

    private bool IsSame(double[] before, double[] now)
    {
        for (var i = 0; i < now.Length; i++)
            if (Math.Abs(now[i] - before[i]) > _options.Tolerance * _norm) return false;
        return true;
    }

    // Keeps the best Ritz pairs at both ends and grows on from the residual, which is one vector for all of them.
    private void Restart()
    {
        var spare = (_size - Wanted) / 2;
        var more = (int)Math.Round((double)spare * _top / Wanted);
        int first = _theta.Length - _top - (_top > 0 ? more : 0), end = _bottom + (_bottom > 0 ? spare - more : 0);
        Keep([.. Enumerable.Range(0, _theta.Length).Where(i => i >= first || i < end)]);
        GoOn();
    }

    // Keeps what was found, whose residuals leave the recurrence, and grows from a random vector.
    private void SearchOrthogonally()
    {
        int[] kept = [.. Enumerable.Range(0, Wanted).Select(Place).Order()];
        _dropped = Math.Max(_dropped, kept.Max(i => _residuals[i]));
        Keep(kept);
        _basis.AppendRandom(_random);
    }

    private void Keep(int[] kept)
    {
        var m = _basis.Count;
        var s = new double[m * kept.Length];
        for (var i = 0; i < m; i++)
            for (var r = 0; r < kept.Length; r++) s[i * kept.Length + r] = _s[i, kept[r]];
        _basis.Vectors.Rotate(s, kept.Length);
        Array.Clear(_t);
        for (var r = 0; r < kept.Length; r++) _t[r * _size + r] = _theta[kept[r]];
    }

    private EigenPairs Result(bool converged)
    {
        var (theta, residuals) = (_theta, _residuals);
        double[] values = [.. Enumerable.Range(0, Wanted).Select(i => theta[Place(i)])];
        double[] errors = [.. Enumerable.Range(0, Wanted).Select(i => double.Hypot(residuals[Place(i)], _dropped))];
        Keep([.. Enumerable.Range(0, Wanted).Select(Place)]);
        double[][] vectors = [.. Enumerable.Range(0, Wanted).Select(i => (double[])_basis[i].Clone())];
        for (var i = 0; i < Wanted && _options.ConfirmResiduals; i++)
        {
            _cancellation.Look();
            _a.Apply(vectors[i], _w);
            _products++;
            Vectors.Add(-values[i], vectors[i], _w);
            errors[i] = Vectors.Norm(_w);
        }
        return new EigenPairs(values, vectors, errors) { Top = _top, Converged = converged, Products = _products };
    }
}
