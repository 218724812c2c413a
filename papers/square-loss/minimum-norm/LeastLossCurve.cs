using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// The least mean of (ρf − y)² that is known at each ρ: in the plane the global one, elsewhere the best of many descents over V, each ρ
/// beginning also where its neighbours ended.
/// </summary>
/// <param name="Rho">Ascending.</param>
/// <param name="MeanSquare">Not increasing; 0 from ρ_min on, where it is known exactly.</param>
/// <param name="V">Where it was found; empty in the plane.</param>
/// <param name="IsCertified">Whether no network can do better.</param>
internal sealed record LeastLossCurve(double[] Rho, double[] MeanSquare, double[][] V, bool IsCertified)
{
    /// <summary>A mean square that counts as a fit.</summary>
    public const double Fit = 1e-8;

    // Neighbouring ρ differ by 3 %, those on both sides of the first fit by less than .1 %.
    private const double Ratio = 1.03, Refined = 1.001;

    /// <summary>The curve of a case.</summary>
    public static LeastLossCurve Of(StudyContext context, MinimumNormCase of) => Curves.Of(context, of);

    /// <summary>ρ_min: the least ρ with a fit, between two neighbours where the loss is not known exactly.</summary>
    public double Minimum => NormOf(Fit);

    /// <summary>
    /// The least ρ at which the mean square is known to be as small as this: its root, which falls to 0 like ρ_min − ρ, is taken as linear
    /// between neighbours.
    /// </summary>
    public double NormOf(double meanSquare)
    {
        var i = Array.FindIndex(MeanSquare, m => m <= Math.Max(meanSquare, Fit));
        if (i <= 0) return i < 0 ? double.NaN : Rho[0];
        double high = Math.Sqrt(MeanSquare[i - 1]), low = Math.Sqrt(MeanSquare[i]);
        return Rho[i - 1] + (Rho[i] - Rho[i - 1]) * Math.Clamp((high - Math.Sqrt(meanSquare)) / (high - low), 0, 1);
    }

    private static readonly SharedResults<MinimumNormCase, LeastLossCurve> Curves = new(static (context, of) =>
        of.Data.Inputs == 2 ? InPlane(of, context) : Found(of, context));

    private static LeastLossCurve InPlane(MinimumNormCase of, StudyContext context)
    {
        var plane = new PlaneLeastLoss(of.Data);
        var minimum = plane.Minimum(context.Cancellation);
        double[] rho = [.. Enumerable.Range(0, 100).Select(i => minimum.Rho * Math.Pow(Ratio, -i)).Reverse().Append(2 * minimum.Rho)
            .Append(minimum.Rho / Refined).Order()];
        return new(rho, [.. rho.Select(r => r < minimum.Rho ? plane.At(r, context.Cancellation).Loss / of.Data.Count : 0)], [], true);
    }

    private static LeastLossCurve Found(MinimumNormCase of, StudyContext context)
    {
        var descent = new SphereLeastSquares(of.Network, of.Data);
        var enough = Fit * of.Data.Count / 100;
        var highest = 1.0;
        while (Enumerable.Range(0, MinimumNormCase.Starts).All(s => descent.Descend(highest, of.Start(s), 200, enough).Loss > enough))
            highest *= 1.3;
        List<double> rho = [.. Enumerable.Range(0, 80).Select(i => highest * Math.Pow(Ratio, -i)).Reverse()];
        // From a fit downwards each start follows ρ; from the least ρ upwards the best so far does.
        List<SphereLeastSquares.End?> best = [.. rho.Select(static _ => (SphereLeastSquares.End?)null)];
        void Try(int i, double[] v)
        {
            var end = descent.Descend(rho[i], v, 100, enough);
            if (best[i] is null || end.Loss < best[i]!.Loss) best[i] = end;
        }
        for (var s = 0; s < MinimumNormCase.Starts; s++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var v = of.Start(s);
            for (var i = rho.Count - 1; i >= 0; i--)
            {
                v = descent.Descend(rho[i], v, 60, enough).V;
                Try(i, v);
            }
        }
        for (var i = 1; i < rho.Count; i++) Try(i, best[i - 1]!.V);
        for (var i = rho.Count - 2; i >= 0; i--) Try(i, best[i + 1]!.V);
        for (var i = best.FindIndex(b => b!.Loss <= enough); i > 0 && rho[i] > Refined * rho[i - 1];)
        {
            rho.Insert(i, Math.Sqrt(rho[i - 1] * rho[i]));
            best.Insert(i, null);
            Try(i, best[i + 1]!.V);
            Try(i, best[i - 1]!.V);
            if (best[i]!.Loss > enough) i++;
        }
        double[] loss = [.. best.Select(b => b!.Loss / of.Data.Count)];
        for (var i = 1; i < loss.Length; i++) loss[i] = Math.Min(loss[i], loss[i - 1]);
        return new([.. rho], loss, [.. best.Select(static b => b!.V)], false);
    }
}
