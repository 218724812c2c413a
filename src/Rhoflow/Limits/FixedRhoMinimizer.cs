using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>v*(ρ), the minimizer that the fixed-ρ flow (T3 eq. 10, PNAS eq. 5) descends to.</summary>
public sealed record FixedRhoMinimum
{
    private readonly double[] _direction;

    internal FixedRhoMinimum(double[] direction) => _direction = direction;

    /// <summary>ρ.</summary>
    public required double Rho { get; init; }

    /// <summary>v*(ρ), d numbers, unit norm.</summary>
    public ReadOnlySpan<double> Direction => _direction;

    /// <summary>min_n y_n v*·x_n, which goes to the maximum margin γ* as ρ → ∞, never below γ* − log N/ρ (T3 Theorem 5).</summary>
    public required double Margin { get; init; }

    /// <summary>−log L/ρ with L = Σ e^{−ρ y_n v*·x_n}; at most <see cref="Margin"/>.</summary>
    public required double SmoothedMargin { get; init; }

    /// <summary>v·Σ p_n z_n with p = softmax(−ρ z·v): the norm of the stationary gradient −∇_w log L; positive.</summary>
    public required double Multiplier { get; init; }

    /// <summary>
    /// ‖(I − vvᵀ) Σ p_n z_n‖ / ‖Σ p_n z_n‖: the tangent gradient, relative. Rounding of v alone makes it about ρ‖z‖·1e-16.
    /// </summary>
    public required double KktResidual { get; init; }

    /// <summary>Newton steps over the whole continuation from small ρ.</summary>
    public required int NewtonSteps { get; init; }
}

/// <summary>
/// v*(ρ) = argmin_{‖v‖=1} Σ_n e^{−ρ y_n v·x_n} for a linear network (T3 eq. 33, 34, 35): stationarity Σ p_n z_n = μ v. Riemannian Newton on
/// log L over the sphere, continued from small ρ where v* is the mean direction; everything relative to the largest exponent, so ρ may be
/// anything.
/// </summary>
public static class FixedRhoMinimizer
{
    /// <summary>v*(ρ) of a binary problem.</summary>
    /// <param name="binary">Labels ±1, N × d.</param>
    /// <param name="rho">ρ &gt; 0.</param>
    /// <param name="cancellation">Looked at before every Newton step.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ρ is not positive and finite.</exception>
    /// <exception cref="DataException">Labels other than ±1; or data that are not separable and ρ beyond the norm of the finite minimizer
    /// of the loss, where the sphere no longer holds the loss back and its minimizer need not be unique.</exception>
    public static FixedRhoMinimum Solve(Dataset binary, double rho, CancellationToken cancellation = default)
    {
        if (!(rho > 0 && double.IsFinite(rho))) throw new ArgumentOutOfRangeException(nameof(rho), rho, "ρ must be positive and finite");
        if (!binary.IsBinary) throw new DataException($"data '{binary.Name}': the exponential loss needs labels −1 and +1");
        int count = binary.Count, d = binary.Inputs;
        var signed = binary.Signed();
        var rows = Enumerable.Range(0, count).Select(n => signed[(n * d)..((n + 1) * d)]).ToArray();
        var space = new RowSpace(rows, d, 1e-14);
        var z = rows.Select(r => space.Coordinates(r)).ToArray();
        var largest = z.Max(r => Vectors.Norm(r));

        var state = new Sphere(z, space.Rank);
        var v = new double[space.Rank];
        foreach (var r in z) Vectors.Add(1.0 / count, r, v);
        var mean = Vectors.Norm(v);
        if (mean <= 1e-15 * largest) throw Unbounded(binary, 0);
        for (var i = 0; i < v.Length; i++) v[i] /= mean;

        var steps = 0;
        for (var at = Math.Min(rho, .5 / largest); ; at = Math.Min(rho, 2 * at))
        {
            steps += state.Minimize(v, at, cancellation);
            if (!(state.Multiplier > 0)) throw Unbounded(binary, at);
            if (at == rho) break;
        }
        var direction = space.Vector(v);
        var norm = Vectors.Norm(direction);
        for (var i = 0; i < d; i++) direction[i] /= norm;
        var final = new Sphere(rows, d);
        final.Evaluate(direction, rho);
        return new FixedRhoMinimum(direction)
        {
            Rho = rho,
            Margin = final.Margin,
            SmoothedMargin = final.Margin - final.LogSum / rho,
            Multiplier = final.Multiplier,
            KktResidual = final.Residual,
            NewtonSteps = steps,
        };
    }

    private static DataException Unbounded(Dataset data, double rho) => new(
        $"data '{data.Name}' are not separable without a bias, and ρ = {rho:g4} is beyond the norm of the loss's finite minimizer: on "
        + "that sphere the minimizer is not what the papers' limit is about. Use a smaller ρ, or separable data");

    /// <summary>log L and its derivatives over unit vectors, relative to the example of smallest margin.</summary>
    private sealed class Sphere(double[][] z, int d)
    {
        private readonly double[] _p = new double[z.Length], _m = new double[d], _tangent = new double[d];

        public double Margin { get; private set; }
        public double LogSum { get; private set; }          // log L + ρ Margin
        public double Multiplier { get; private set; }      // v·m, m = Σ p z
        public double Residual { get; private set; }

        public void Evaluate(double[] v, double rho)
        {
            // At large ρ the exponents need the differences of the margins to more digits than the margins have.
            var pairs = new (double High, double Low)[z.Length];
            var lowest = 0;
            for (var n = 0; n < z.Length; n++)
            {
                pairs[n] = Compensated.DotPair(v, z[n]);
                if (pairs[n].High - pairs[lowest].High + (pairs[n].Low - pairs[lowest].Low) < 0) lowest = n;
            }
            var sum = 0.0;
            for (var n = 0; n < z.Length; n++)
                sum += _p[n] = Math.Exp(-rho * (pairs[n].High - pairs[lowest].High + (pairs[n].Low - pairs[lowest].Low)));
            Array.Clear(_m);
            for (var n = 0; n < z.Length; n++)
            {
                _p[n] /= sum;
                if (_p[n] > 0) Vectors.Add(_p[n], z[n], _m);
            }
            Margin = pairs[lowest].High + pairs[lowest].Low;
            LogSum = Math.Log(sum);
            Multiplier = Vectors.Dot(v, _m);
            for (var i = 0; i < d; i++) _tangent[i] = _m[i] - Multiplier * v[i];
            var stray = Vectors.Dot(v, _tangent);
            Vectors.Add(-stray, v, _tangent);
            Residual = Vectors.Norm(_tangent) / Vectors.Norm(_m);
        }

        /// <summary>Newton steps on the sphere until the tangent gradient is rounding; v is updated. Returns their number.</summary>
        public int Minimize(double[] v, double rho, CancellationToken cancellation)
        {
            if (d == 1)
            {
                Evaluate(v, rho);
                return 0;
            }
            Evaluate(v, rho);
            var best = (Residual, V: (double[])v.Clone());
            var idle = 0;
            int step;
            for (step = 0; step < 200 && idle < 3 && Residual > 0; step++)
            {
                cancellation.Look();
                var xi = NewtonDirection(v, rho);
                double margin = Margin, logSum = LogSum;
                var slope = -rho * Vectors.Dot(_tangent, xi);
                var largest = 0.0;
                foreach (var r in z) largest = Math.Max(largest, rho * Math.Abs(Vectors.Dot(r, xi)));
                var start = (double[])v.Clone();
                for (var t = 1.0; ; t /= 2)
                {
                    for (var i = 0; i < d; i++) v[i] = start[i] + t * xi[i];
                    var norm = Vectors.Norm(v);
                    for (var i = 0; i < d; i++) v[i] /= norm;
                    Evaluate(v, rho);
                    var change = LogSum - logSum - rho * (Margin - margin);
                    // Where exponents move by less than this the model is quadratic and differences of log L are rounding.
                    if (change <= 1e-4 * t * slope || t * largest < 1e-3 || t < 1e-12) break;
                }
                if (Residual < .5 * best.Residual) idle = 0;
                else idle++;
                if (Residual < best.Residual) best = (Residual, (double[])v.Clone());
            }
            best.V.CopyTo(v, 0);
            Evaluate(v, rho);
            return step;
        }

        // (P ∇²Φ P + ρ(v·m) P) ξ = ρ P m with Φ = log L, ∇²Φ = ρ²(Σ p z zᵀ − m mᵀ); divided by ρ.
        private double[] NewtonDirection(double[] v, double rho)
        {
            var h = DenseMatrix.Create(d, d, 0);
            var values = h.Values;
            var tangents = new double[d];
            void Outer(double weight, double[] a)
            {
                for (var j = 0; j < d; j++) Vectors.Add(weight * a[j], a, values.AsSpan(j * d, d));
            }
            for (var n = 0; n < z.Length; n++)
            {
                if (_p[n] < 1e-30) continue;
                var along = Vectors.Dot(v, z[n]);
                for (var i = 0; i < d; i++) tangents[i] = z[n][i] - along * v[i] - _tangent[i];
                Outer(rho * _p[n], tangents);
            }
            var mu = Math.Max(Multiplier, 1e-3 * Vectors.Norm(_m));
            for (var i = 0; i < d; i++) values[i * d + i] += mu;
            var xi = h.Cholesky().Solve(DenseVector.OfArray(_tangent)).ToArray();
            Vectors.Add(-Vectors.Dot(v, xi), v, xi);
            return xi;
        }
    }
}
