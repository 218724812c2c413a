using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// The dynamics (A) for ρ → ∞: the flow of V at fixed ρ (T3 eq. 10) to rest, then at the next larger ρ from where it came to rest.
/// The other way to a stationary point at each ρ is descent along geodesics of the product of spheres, the "true gradient" of T3 §10.
/// </summary>
internal static class SweptDirections
{
    private const int Doublings = 20, Attempts = 3;

    /// <summary>By how much V is moved where kinks hold the flow up.</summary>
    public const double Nudge = 1e-7;

    /// <summary>Where (A) stands at one ρ.</summary>
    /// <param name="Rho">ρ.</param>
    /// <param name="V">V, P numbers.</param>
    /// <param name="LogLoss">log L(ρ f(V)).</param>
    internal sealed record Place(double Rho, double[] V, double LogLoss)
    {
        /// <summary>γ̃ = −log L/ρ, which never falls along (A).</summary>
        public double SmoothedMargin => -LogLoss / Rho;
    }

    /// <summary>By the flow (A): ρ doubled until log N/(ρη) ≤ <paramref name="bound"/>.</summary>
    public static IReadOnlyList<Place> Flow(TheoremSetting setting, double[] v, double rho, double bound, CancellationToken cancellation)
    {
        var places = new List<Place>();
        for (var i = 0; i < Doublings; i++, rho *= 2)
        {
            places.Add(Settle(setting, v, rho, cancellation));
            v = places[^1].V;
            if (setting.Bound(rho, v) <= bound) break;
        }
        return places;
    }

    /// <summary>
    /// The flow (A) at one ρ to rest. The weights e^{−ρf} set its pace, so that its time is measured from 1/L on. Where it cannot go on
    /// along the kinks of several ReLUs it begins again from V moved by <see cref="Nudge"/>.
    /// </summary>
    public static Place Settle(TheoremSetting setting, double[] v, double rho, CancellationToken cancellation)
    {
        var risk = setting.Risk();
        var flow = new FixedRhoFlow(risk, rho);
        var random = new RandomStream(0, 41);
        var best = new Place(rho, v, risk.LogLossScaled(v, rho));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            FlowPoint? last = null;
            var begin = attempt == 0 ? v : Moved(setting.Network, best.V, Nudge, random);
            var whole = true;
            try
            {
                foreach (var p in flow.From(begin, TheoremSetting.Options).At(Times(best.LogLoss), cancellation))
                {
                    last = p;
                    if (p.AtEquilibrium) break;
                }
            }
            catch (IntegrationException)
            {
                whole = false;
            }
            if (last is not null && last.LogLoss <= best.LogLoss) best = new Place(rho, last.V.ToArray(), last.LogLoss);
            if (whole) break;
        }
        return best;
    }

    /// <summary>V moved at random by <paramref name="radius"/> in every layer, and scaled to norm 1 again.</summary>
    public static double[] Moved(Network network, ReadOnlySpan<double> v, double radius, RandomStream random)
    {
        var moved = Initialization.Normal(network, random);
        Initialization.ScaleLayers(network, moved, [radius]);
        Vectors.Add(1, v, moved);
        Initialization.ScaleLayers(network, moved, [1]);
        return moved;
    }

    // As L falls the pace does: until 1/L has grown by half its decades, and 25 more.
    private static Instant[] Times(double logLoss)
    {
        var decades = Math.Max(0, -logLoss / Math.Log(10));
        return [.. Enumerable.Range(0, 30).Select(i => decades - 4 + i).Concat(Enumerable.Range(1, 20)
            .Select(i => decades + 25 + i * (decades / 2 + 5) / 20)).Select(Instant.FromLog10T)];
    }

    /// <summary>
    /// By steps along geodesics, V_k ← V_k cos‖h_k‖ + (h_k/‖h_k‖) sin‖h_k‖, h_k = −η S_k ∂log L/∂V_k, η halved until L falls.
    /// </summary>
    public static IReadOnlyList<Place> Geodesics(EmpiricalRisk risk, double[] v, IEnumerable<double> rhos, int steps)
    {
        var places = new List<Place>();
        foreach (var rho in rhos)
        {
            v = Descend(risk, v, rho, steps);
            places.Add(new Place(rho, v, risk.LogLossScaled(v, rho)));
        }
        return places;
    }

    // Barzilai and Borwein's step, kept where it lowers log L enough (Armijo), else halved.
    private static double[] Descend(EmpiricalRisk risk, double[] v, double rho, int steps)
    {
        var network = risk.Network;
        double[] h = new double[v.Length], step = new double[v.Length], tried = new double[v.Length];
        double[] last = [], lastPull = [];
        v = (double[])v.Clone();
        for (var i = 0; i < steps; i++)
        {
            var value = risk.EvaluateScaled(v, rho, h);
            Vectors.Scale(rho * Math.Exp(value.LogScale - value.LogLoss), h, h);   // −∂log L/∂V
            foreach (var layer in network.Layers) NormsAndDirections.ProjectOut(layer.Of(v), layer.Of(h.AsSpan()));
            var slope = Vectors.Dot(h, h);
            if (!(slope > 1e-24 * rho * rho)) return v;
            var size = last.Length == 0 ? 1e-2 / Math.Sqrt(slope) : Step(v, h, last, lastPull, slope);
            (last, lastPull) = ((double[])v.Clone(), (double[])h.Clone());
            for (var halvings = 0; ; halvings++)
            {
                if (halvings == 60) return v;
                v.CopyTo(tried, 0);
                Vectors.Scale(size, h, step);
                foreach (var layer in network.Layers) Spheres.Geodesic(layer.Of(tried.AsSpan()), layer.Of(step.AsSpan()));
                if (risk.LogLossScaled(tried, rho) <= value.LogLoss - 1e-4 * size * slope) break;
                size /= 2;
            }
            tried.CopyTo(v, 0);
        }
        return v;
    }

    private static double Step(double[] v, double[] h, double[] last, double[] lastPull, double slope)
    {
        double square = 0, along = 0;
        for (var i = 0; i < v.Length; i++)
        {
            double dv = v[i] - last[i], dh = lastPull[i] - h[i];
            square += dv * dv;
            along += dv * dh;
        }
        return Math.Min(along > 0 ? square / along : 1e-2 / Math.Sqrt(slope), .3 / Math.Sqrt(slope));
    }
}
