namespace Rhoflow.Measures.Equilibrium;

/// <summary>
/// The square loss of ρf̃ with weight decay, L = r Σ_n ‖ρf̃_n − t_n‖² + λρ² (SQ eq. 4, where r = 1; r = 1/N for a mean): ρ̇ = −2r[ρΣ‖f̃‖² −
/// Σ⟨t, f̃⟩] − 2λρ (SQ eq. 5, 30), which vanishes at ρ_eq = Σ⟨t, f̃⟩/(λ/r + Σ‖f̃‖²) (SQ eq. 7, 9, 31). With a mean, the λ of the printed
/// formula is thus Nλ.
/// </summary>
/// <param name="Correlation">Σ⟨t, f̃⟩: average separability where it is positive (SQ §2).</param>
/// <param name="Energy">Σ‖f̃‖².</param>
/// <param name="Reduction">r.</param>
/// <param name="Decay">λ.</param>
internal sealed record NormEquilibrium(double Correlation, double Energy, double Reduction, double Decay)
{
    /// <summary>From outputs of the normalized network.</summary>
    /// <param name="f">f̃, N × C.</param>
    /// <param name="y">Any numbers for one output; classes for more.</param>
    /// <param name="outputs">C.</param>
    /// <param name="reduction">r.</param>
    /// <param name="decay">λ.</param>
    /// <param name="other">t_nc for c ≠ y_n: 0 for one-hot codes, −1 for codes of ±1.</param>
    public static NormEquilibrium Of(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, double reduction, double decay,
        double other = 0)
    {
        double correlation = 0, energy = 0;
        for (var n = 0; n < y.Length; n++)
            for (var c = 0; c < outputs; c++)
            {
                var value = f[n * outputs + c];
                correlation += (outputs == 1 ? y[n] : c == (int)y[n] ? 1 : other) * value;
                energy += value * value;
            }
        return new NormEquilibrium(correlation, energy, reduction, decay);
    }

    /// <summary>ρ_eq; NaN where f̃ and λ are zero.</summary>
    public double Rho => Correlation / (Decay / Reduction + Energy);

    /// <summary>Σ⟨t, f̃⟩/Σ‖f̃‖²: the same without weight decay.</summary>
    public double RhoWithoutDecay => Correlation / Energy;

    /// <summary>ρ̇ at a norm ρ &gt; 0.</summary>
    public double Rate(double rho) => -2 * Reduction * (rho * Energy - Correlation) - 2 * Decay * rho;

    /// <summary>|ρ̇| over the sum of its terms' sizes, in [0, 1]: 0 at equilibrium.</summary>
    /// <param name="logRho">log ρ, which may be beyond a double.</param>
    public double Residual(double logRho)
    {
        var drive = Reduction * Correlation * Math.Exp(-logRho);
        return Math.Abs(Reduction * Energy + Decay - drive) / (Reduction * Energy + Decay + Math.Abs(drive));
    }
}
