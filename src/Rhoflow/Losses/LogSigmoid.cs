namespace Rhoflow.Losses;

/// <summary>Logarithms of the logistic function's relatives, with all digits at both ends.</summary>
internal static class LogSigmoid
{
    /// <summary>log 1/(1 + e^{−z}).</summary>
    public static double At(double z) => z >= 0 ? -Log1p(Math.Exp(-z)) : z - Log1p(Math.Exp(z));

    /// <summary>log log(1 + e^{−z}).</summary>
    public static double LogSoftplusOfMinus(double z) => z switch
    {
        > 36 => -z - Math.Exp(-z) / 2,                     // log(e − e²/2 + …) = −z + log(1 − e/2), e = e^{−z} < 3e-16
        > 0 => Math.Log(Log1p(Math.Exp(-z))),
        _ => Math.Log(-z + Log1p(Math.Exp(z))),
    };

    // log(1 + e) for e ∈ [0, 1] with full relative precision (the classic correction of 1 + e's rounding)
    private static double Log1p(double e)
    {
        var u = 1 + e;
        return u == 1 ? e : Math.Log(u) * e / (u - 1);
    }
}
