using Rhoflow.Numerics;

namespace Rhoflow.Regression;

/// <summary>
/// k(a, b) = Σ_{j=0}^{d} (ab)^j = (1 − (ab)^{d+1})/(1 − ab), the kernel of the monomials up to degree d, between fixed points a_i
/// and b_t for any d: what does not depend on d is computed once.
/// </summary>
internal sealed class MonomialKernel
{
    private readonly BigFloat[] _a, _b;
    private readonly BigFloat[][] _inverse;      // [t][i]: 1/(1 − a_i b_t); 0 where a_i b_t = 1
    private readonly BigFloat _one;

    public MonomialKernel(BigFloat[] a, BigFloat[] b)
    {
        (_a, _b) = (a, b);
        _one = BigFloat.Of(1, a[0].Bits);
        _inverse = [.. b.Select(t => a.Select(p => _one - p * t is { Sign: not 0 } rest ? _one / rest : BigFloat.Of(0, p.Bits)).ToArray())];
    }

    /// <summary>K_ti for i ≤ t: the Gram matrix's lower triangle, where the b are the a.</summary>
    public BigFloat[][] Triangle(int degree)
    {
        BigFloat[] a = Powers(_a, degree), b = Powers(_b, degree);
        return [.. Enumerable.Range(0, _b.Length).Select(t => Enumerable.Range(0, t + 1)
            .Select(i => _inverse[t][i] is { Sign: not 0 } inverse ? (_one - a[i] * b[t]) * inverse : BigFloat.Of(degree + 1, _one.Bits))
            .ToArray())];
    }

    /// <summary>Σ_i α_i k(a_i, b_t) for every t.</summary>
    public BigFloat[] Apply(int degree, BigFloat[] alpha)
    {
        BigFloat[] a = Powers(_a, degree), b = Powers(_b, degree);
        BigFloat[] scaled = [.. alpha.Select((c, i) => c * a[i])];
        var sums = new BigFloat[_b.Length];
        for (var t = 0; t < sums.Length; t++)
        {
            // Σ α_i/(1 − a_i b_t) − b_t^{d+1} Σ α_i a_i^{d+1}/(1 − a_i b_t)
            sums[t] = BigFloat.Dot(alpha, _inverse[t]) - b[t] * BigFloat.Dot(scaled, _inverse[t]);
            for (var i = 0; i < alpha.Length; i++)
                if (_inverse[t][i].Sign == 0) sums[t] += alpha[i] * BigFloat.Of(degree + 1, _one.Bits);
        }
        return sums;
    }

    private static BigFloat[] Powers(BigFloat[] x, int degree) => [.. x.Select(p => BigFloat.Power(p, degree + 1))];
}
