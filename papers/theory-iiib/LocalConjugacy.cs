using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// A homeomorphism h with h(φ_t(W)) = ψ_t(h(W)) (T3b eq. 12) between the flow φ of Ẇ = −∇F, F = L + λ‖W‖², near a minimum W* and the
/// flow ψ_t(y) = e^{−At} y of its linearization, A = ∇²F(W*). It is made for sinks (Hartman–Grobman) and for valleys whose floor of minima
/// has the dimension of ker A (Morse–Bott), where the reduction principle takes the place of that theorem.
/// </summary>
/// <remarks>
/// Every orbit that is not at rest crosses the level F = F(W*) + ε once, at s(W) after the time τ(W) (negative inside), and goes to
/// π(W). ψ crosses ½ yᵀAy = ε once. With n(W) = the part of s − π outside ker A, scaled to that ellipsoid, h(W) = the part of π − W* in
/// ker A, + ψ_{−τ}(n). Where F is quadratic h(W) = W − W*.
/// </remarks>
internal sealed class LocalConjugacy
{
    private static readonly Tolerance Tolerance = new(1e-12, 1e-14);
    private readonly EmpiricalRisk _risk;
    private readonly double _lambda, _level, _bottom;
    private readonly Matrix<double> _vectors;

    /// <param name="risk">L.</param>
    /// <param name="lambda">λ ≥ 0.</param>
    /// <param name="minimum">W*, where ∇F = 0.</param>
    /// <param name="level">ε.</param>
    /// <param name="zero">Eigenvalues of A up to this times the largest count as zero.</param>
    public LocalConjugacy(EmpiricalRisk risk, double lambda, double[] minimum, double level, double zero = DecayedMinimum.Zero)
    {
        (_risk, _lambda, Minimum, _level) = (risk, lambda, minimum, level);
        _bottom = Objective(minimum);
        var (hessian, value) = risk.Hessian(minimum);
        var a = DenseMatrix.OfArray(hessian) * Math.Exp(value.LogScale) + 2 * lambda * DenseMatrix.CreateIdentity(minimum.Length);
        var evd = a.Evd(Symmetricity.Symmetric);
        _vectors = evd.EigenVectors;
        Eigenvalues = [.. evd.EigenValues.Select(static e => e.Real)];
        var largest = Eigenvalues.Max(Math.Abs);
        for (var i = 0; i < Eigenvalues.Length; i++)
            if (Math.Abs(Eigenvalues[i]) <= zero * largest) Eigenvalues[i] = 0;
    }

    /// <summary>W*.</summary>
    public double[] Minimum { get; }

    /// <summary>μ_i of A, those that count as zero set to 0.</summary>
    public double[] Eigenvalues { get; }

    /// <summary>F − F(W*).</summary>
    public double Height(ReadOnlySpan<double> w) => Objective(w) - _bottom;

    /// <summary>h(W) in the coordinates of the eigenvectors of A.</summary>
    /// <exception cref="ArithmeticException">The orbit does not cross the level: W is too near the minimum, or at rest.</exception>
    public double[] Map(double[] w)
    {
        var (section, tau) = Section(w);
        var foot = Eigenvalues.Contains(0) ? Foot(section) : Minimum;
        double[] along = Coordinates(foot, Minimum), n = Coordinates(section, foot), h = new double[n.Length];
        var form = 0.0;
        for (var i = 0; i < n.Length; i++) form += .5 * Eigenvalues[i] * n[i] * n[i];
        for (var i = 0; i < h.Length; i++)
            h[i] = Eigenvalues[i] == 0 ? along[i] : n[i] * Math.Sqrt(_level / form) * Math.Exp(Eigenvalues[i] * tau);
        return h;
    }

    /// <summary>ψ_t(y), in the same coordinates.</summary>
    public double[] Linear(double[] y, double t) => [.. y.Zip(Eigenvalues, (v, mu) => v * Math.Exp(-mu * t))];

    /// <summary>φ_t(W); t may be negative.</summary>
    public double[] Flow(double[] w, double t)
    {
        var stepper = Stepper(w, Math.Sign(t));
        while (stepper.S < Math.Abs(t)) Advance(stepper, Math.Abs(t));
        return stepper.Y.ToArray();
    }

    /// <summary>W − W* in the coordinates of the eigenvectors.</summary>
    public double[] Linearized(double[] w) => Coordinates(w, Minimum);

    /// <summary>‖Ẇ‖.</summary>
    public double Speed(double[] w)
    {
        var velocity = new double[w.Length];
        Velocity(w, velocity, 1);
        return Vectors.Norm(velocity);
    }

    // Where and when the orbit of W crosses the level.
    private (double[] Section, double Tau) Section(double[] w)
    {
        var sign = Height(w) > _level ? 1 : -1;
        var stepper = Stepper(w, sign);
        var y = w.ToArray();
        var limit = 100 / Eigenvalues.Where(static m => m > 0).Min();
        while (sign * (Height(stepper.Y) - _level) > 0)
        {
            if (stepper.S >= limit) throw new ArithmeticException("the orbit does not cross the level of the section");
            Advance(stepper, limit);
        }
        double low = stepper.PreviousS, high = stepper.S;
        for (var i = 0; i < 60; i++)
        {
            var middle = .5 * (low + high);
            stepper.Interpolate(middle, y);
            if (sign * (Height(y) - _level) > 0) low = middle; else high = middle;
        }
        stepper.Interpolate(high, y);
        return (y, sign * high);
    }

    // lim φ_t(W): what is left after 28 of the longest relaxation times is e^{−28} of the distance, less than the tolerance.
    private double[] Foot(double[] w) => Flow(w, 28 / Eigenvalues.Where(static m => m > 0).Min());

    private double[] Coordinates(double[] w, double[] from) =>
        [.. _vectors.TransposeThisAndMultiply(DenseVector.Create(w.Length, i => w[i] - from[i]))];

    private double Objective(ReadOnlySpan<double> w) => Math.Exp(_risk.LogLoss(w)) + _lambda * Vectors.Dot(w, w);

    private void Velocity(ReadOnlySpan<double> w, Span<double> velocity, int sign)
    {
        var scale = Math.Exp(_risk.Evaluate(w, velocity).LogScale);
        Vectors.Scale(sign * scale, velocity, velocity);
        Vectors.Add(-2 * sign * _lambda, w, velocity);
    }

    private ExplicitStepper Stepper(double[] w, int sign) =>
        new(ButcherTableau.DormandPrince853, (_, y, dy) => Velocity(y, dy, sign), 0, w, Tolerance);

    private static void Advance(ExplicitStepper stepper, double limit)
    {
        if (stepper.Step(limit) != StepResult.Accepted) throw new ArithmeticException("the orbit cannot be followed");
    }
}
