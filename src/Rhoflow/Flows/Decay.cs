using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>Adds the weight decay −2λ w, whose scale is 1, to a velocity whose scale is e^s.</summary>
internal static class Decay
{
    /// <summary>velocity ← e^{s−s'} velocity − e^{−s'} 2λ w with s' = max(s, 0); returns s'.</summary>
    public static double Combine(double logScale, Span<double> velocity, ReadOnlySpan<double> w, double lambda)
    {
        var common = Math.Max(logScale, 0);
        Vectors.Scale(Math.Exp(logScale - common), velocity, velocity);
        Vectors.Add(-2 * lambda * Math.Exp(-common), w, velocity);
        return common;
    }

    /// <summary>The same where norms ρ_k stand first in the velocity and λΣρ_k² is the penalty: only they decay.</summary>
    public static double OfNorms(double logScale, Span<double> velocity, ReadOnlySpan<double> rho, double lambda)
    {
        if (lambda == 0) return logScale;
        var common = Math.Max(logScale, 0);
        Vectors.Scale(Math.Exp(logScale - common), velocity, velocity);
        Vectors.Add(-2 * lambda * Math.Exp(-common), rho, velocity[..rho.Length]);
        return common;
    }
}
