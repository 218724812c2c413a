namespace Rhoflow.Numerics;

/// <summary>
/// The first step of an integrator (Hairer, Nørsett, Wanner I, II.4): an Euler step would change y by 1 %, and its curvature fits the
/// order.
/// </summary>
internal static class InitialStep
{
    /// <param name="field">dy/ds; evaluated once.</param>
    /// <param name="s">Where to begin.</param>
    /// <param name="y">y(s).</param>
    /// <param name="dy">dy/ds there.</param>
    /// <param name="tolerance">Local error allowed.</param>
    /// <param name="order">Of the error estimate.</param>
    public static double Choose(VectorField field, double s, double[] y, double[] dy, Tolerance tolerance, int order)
    {
        double d0 = tolerance.Norm(y, y, y), d1 = tolerance.Norm(dy, y, y);
        if (!double.IsFinite(d1)) return 1e-6;
        var h0 = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1;
        double[] point = (double[])y.Clone(), change = new double[y.Length];
        Vectors.Add(h0, dy, point);
        field(s + h0, point, change);
        Vectors.Add(-1, dy, change);
        var d2 = tolerance.Norm(change, y, y) / h0;
        if (!double.IsFinite(d2)) return 0.01 * h0;
        var largest = Math.Max(d1, d2);
        var h1 = largest <= 1e-15 ? Math.Max(1e-6, 1e-3 * h0) : Math.Pow(0.01 / largest, 1.0 / order);
        return Math.Min(100 * h0, h1);
    }
}
