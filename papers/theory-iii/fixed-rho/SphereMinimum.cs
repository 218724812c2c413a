using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// A local minimizer of log L(ρ f(V)) on the product of the unit spheres ‖V_k‖ = 1, of a network of any depth (T3 eq. 34): a rest of the
/// fixed-ρ flow. Newton steps with the eigenvalues of the Riemannian Hessian made positive, so that saddles are left and the flat
/// directions of deep networks do no harm. Where a ReLU's kink stops the descent, <see cref="Residual"/> stays large.
/// </summary>
internal sealed record SphereMinimum
{
    /// <summary>ρ.</summary>
    public required double Rho { get; init; }

    /// <summary>V, P numbers, every layer of norm 1.</summary>
    public required double[] V { get; init; }

    /// <summary>log L, natural.</summary>
    public required double LogLoss { get; init; }

    /// <summary>q_n = y_n f(V; x_n).</summary>
    public required double[] Margins { get; init; }

    /// <summary>p_n = e^{−ρq_n}/L.</summary>
    public required double[] Weights { get; init; }

    /// <summary>‖P∇log L‖/‖∇log L‖, P the projection on the tangent space: 0 at a stationary point.</summary>
    public required double Residual { get; init; }

    /// <summary>η(V) = min_n q_n.</summary>
    public double Margin => Margins.Min();

    /// <summary>Descends from a start, whose layers are scaled to norm 1.</summary>
    /// <param name="risk">Exponential loss, summed.</param>
    /// <param name="rho">ρ &gt; 0.</param>
    /// <param name="start">P numbers, no layer zero.</param>
    /// <param name="steps">At most so many.</param>
    public static SphereMinimum Descend(EmpiricalRisk risk, double rho, ReadOnlySpan<double> start, int steps = 200)
    {
        var v = start.ToArray();
        Normalize(risk.Network, v);
        var here = Slope.At(risk, rho, v);
        var damping = 1.0;
        for (var step = 0; step < steps && here.Residual > 1e-11; step++)
        {
            var (values, vectors) = Curvature(risk, rho, v, here);
            var largest = values.Max(Math.Abs);
            var moved = false;
            for (; damping <= 1e12 && !moved; damping *= moved ? .1 : 10)
            {
                var next = (double[])v.Clone();
                var along = vectors.TransposeThisAndMultiply(DenseVector.OfArray(here.Tangent));
                for (var i = 0; i < along.Count; i++) along[i] /= Math.Max(Math.Abs(values[i]), 1e-12 * largest) + 1e-6 * damping * largest;
                Vectors.Add(-1, (vectors * along).ToArray(), next);
                Normalize(risk.Network, next);
                var there = Slope.At(risk, rho, next);
                // Near the minimum differences of log L are rounding, and the residual has to decide.
                moved = there.LogLoss < here.LogLoss
                    || there.LogLoss <= here.LogLoss + 1e-14 * Math.Abs(here.LogLoss) && there.Residual < .5 * here.Residual;
                if (moved) (v, here) = (next, there);
            }
            damping = Math.Max(damping, 1e-12);
            if (!moved) break;
        }
        var margins = risk.Outputs(v).ToArray();
        for (var n = 0; n < margins.Length; n++) margins[n] *= risk.Data.Y[n];
        return new SphereMinimum
        {
            Rho = rho,
            V = v,
            LogLoss = here.LogLoss,
            Margins = margins,
            Weights = [.. margins.Select(q => Math.Exp(-rho * q - here.LogLoss))],
            Residual = here.Residual,
        };
    }

    private static void Normalize(Network network, double[] v)
    {
        foreach (var layer in network.Layers)
        {
            var w = layer.Of(v.AsSpan());
            Vectors.Scale(1 / Vectors.Norm(w), w, w);
        }
    }

    // ∇log L = −ρ Σ p_n y_n ∂f_n/∂V and its part along the spheres.
    private sealed record Slope(double LogLoss, double[] Gradient, double[] Tangent, double Residual)
    {
        public static Slope At(EmpiricalRisk risk, double rho, double[] v)
        {
            var gradient = new double[v.Length];
            var value = risk.EvaluateScaled(v, rho, gradient);
            Vectors.Scale(-rho * Math.Exp(value.LogScale - value.LogLoss), gradient, gradient);
            var tangent = (double[])gradient.Clone();
            foreach (var layer in risk.Network.Layers)
                Vectors.Add(-Vectors.Dot(layer.Of(v), layer.Of(gradient)), layer.Of(v), layer.Of(tangent.AsSpan()));
            return new Slope(value.LogLoss, gradient, tangent, Vectors.Norm(tangent) / Vectors.Norm(gradient));
        }
    }

    // Hess = P[∇²L/L − ∇log L ∇log Lᵀ − ⊕⟨V_k, ∇_k log L⟩I]P; normal directions have the eigenvalue 0 and no gradient.
    private static (double[] Values, Matrix<double> Vectors) Curvature(EmpiricalRisk risk, double rho, double[] v, Slope slope)
    {
        var network = risk.Network;
        var last = network.Layers[^1];
        var theta = (double[])v.Clone();
        Numerics.Vectors.Scale(rho, last.Of(theta), last.Of(theta));
        var (raw, scale) = risk.Hessian(theta);
        var h = DenseMatrix.OfArray(raw) * Math.Exp(scale.LogScale - slope.LogLoss);
        for (var i = last.Offset; i < last.Offset + last.Count; i++)
        {
            h.SetRow(i, h.Row(i) * rho);
            h.SetColumn(i, h.Column(i) * rho);
        }
        var gradient = DenseVector.OfArray(slope.Gradient);
        h -= DenseMatrix.OfMatrix(gradient.OuterProduct(gradient));
        var projection = DenseMatrix.CreateIdentity(v.Length);
        foreach (var layer in network.Layers)
        {
            var along = Numerics.Vectors.Dot(layer.Of(v), layer.Of(slope.Gradient));
            for (var i = layer.Offset; i < layer.Offset + layer.Count; i++)
            {
                h[i, i] -= along;
                for (var j = layer.Offset; j < layer.Offset + layer.Count; j++) projection[i, j] -= v[i] * v[j];
            }
        }
        var tangent = projection * h * projection;
        var evd = (tangent + tangent.Transpose()).Divide(2).Evd(Symmetricity.Symmetric);
        return ([.. evd.EigenValues.Select(e => e.Real)], evd.EigenVectors);
    }
}
