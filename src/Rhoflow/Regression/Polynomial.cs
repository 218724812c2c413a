using Rhoflow.Numerics;

namespace Rhoflow.Regression;

/// <summary>p(x) = Σ_{j=0}^{d} w_j x^j in extended precision.</summary>
/// <param name="Weights">w_0 … w_d.</param>
public sealed record Polynomial(IReadOnlyList<BigFloat> Weights)
{
    /// <summary>d.</summary>
    public int Degree => Weights.Count - 1;

    /// <summary>‖w‖².</summary>
    public BigFloat NormSquared
    {
        get
        {
            BigFloat[] w = [.. Weights];
            return BigFloat.Dot(w, w);
        }
    }

    /// <summary>p(x), by Horner's rule.</summary>
    public BigFloat At(BigFloat x)
    {
        var value = Weights[^1];
        for (var j = Degree - 1; j >= 0; j--) value = value * x + Weights[j];
        return value;
    }

    /// <summary>(1/N) Σ_n (y_n − p(x_n))².</summary>
    public BigFloat MeanSquaredError(IReadOnlyList<BigFloat> x, IReadOnlyList<BigFloat> y) =>
        MeanSquare([.. x.Select((p, n) => y[n] - At(p))]);

    internal static BigFloat MeanSquare(BigFloat[] errors) => BigFloat.Dot(errors, errors) / BigFloat.Of(errors.Length, errors[0].Bits);
}
