namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// ρ at the fit of one example, ‖x‖ = 1, y = 1, λ = 0, of a ReLU network W_2 σ(W_1 x) whose units keep their sides. Let a be the part of
/// W_2 on the units that are on, b = (W_1 x) on them, f = a·b.
/// <para>
/// The model (SQ eq. 5, 6): with V in place of W, ds = 2ρ(y − ρf) dt gives da/ds = b − af, db/ds = a − bf and dρ = (f/ρ) ds, so that
/// 1 − ‖a‖² and 1 − ‖b‖² fall like e^{−δ}, δ = ρ² − ρ_0²; these are invariants. Then d(f²)/dδ = 2 − (2 − ‖a‖² − ‖b‖²) − 2f² … is linear:
/// f² = 1 − c e^{−δ} + (f_0² − 1 + c) e^{−2δ} with c = 2 − ‖a_0‖² − ‖b_0‖², and the fit is where ρ²f² = 1.
/// </para>
/// <para>
/// Gradient flow on W_k: ȧ ∝ b, ḃ ∝ a, so a + b grows and a − b falls by the same factor: a·b = ¼(‖a_0 + b_0‖²q − ‖a_0 − b_0‖²/q) = 1 is a
/// quadratic equation for q, and what of W_k is not in a or along x stays.
/// </para>
/// </summary>
internal static class OneExampleNorm
{
    /// <summary>f² of the model when ρ² has grown by δ.</summary>
    /// <param name="a">‖a_0‖², of V.</param>
    /// <param name="b">‖b_0‖².</param>
    /// <param name="f">f_0.</param>
    /// <param name="delta">δ = ρ² − ρ_0².</param>
    public static double SquaredOutput(double a, double b, double f, double delta)
    {
        var c = 2 - a - b;
        return 1 - c * Math.Exp(-delta) + (f * f - 1 + c) * Math.Exp(-2 * delta);
    }

    /// <summary>ρ at the fit of the model, from ρ_0 f_0 &lt; 1, f_0 &gt; 0: by bisection, ρ²f² grows with δ.</summary>
    public static double OfModel(double a, double b, double f, double start)
    {
        // f² ≥ 1 − c e^{−δ} − …, so that at δ = 50 the fit is passed.
        double low = 0, high = 50;
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            if ((start * start + middle) * SquaredOutput(a, b, f, middle) < 1) low = middle;
            else high = middle;
        }
        return Math.Sqrt(start * start + (low + high) / 2);
    }

    /// <summary>‖W_1‖‖W_2‖ at the fit of gradient flow.</summary>
    /// <param name="a">a_0.</param>
    /// <param name="b">b_0, not −a_0.</param>
    /// <param name="rest1">‖W_1‖² less ‖b‖², which stays.</param>
    /// <param name="rest2">‖W_2‖² less ‖a‖², which stays.</param>
    public static double OfGradientFlow(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double rest1, double rest2)
    {
        double plus = 0, minus = 0, difference = 0;
        for (var i = 0; i < a.Length; i++)
        {
            plus += (a[i] + b[i]) * (a[i] + b[i]) / 4;
            minus += (a[i] - b[i]) * (a[i] - b[i]) / 4;
            difference += (a[i] - b[i]) * (a[i] + b[i]);
        }
        // plus·q − minus/q = 1; ‖a‖² + ‖b‖² = 2(plus·q + minus/q), ‖a‖² − ‖b‖² stays.
        var q = (1 + Math.Sqrt(1 + 4 * plus * minus)) / (2 * plus);
        var sum = 2 * (plus * q + minus / q);
        return Math.Sqrt(((sum + difference) / 2 + rest2) * ((sum - difference) / 2 + rest1));
    }
}
