using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// The paper's model of batch normalization with weight decay (SQ eq. 5, 6) on ReLU networks, in small steps: ρ ← ρ + hρ̇, V_k ← V_k +
/// hV̇_k put back on its
/// sphere. The exact flow comes to stand on kinks of several ReLUs at once, where it has no direction to go on in; steps jitter across
/// them.
/// </summary>
internal static class BatchNormModel
{
    /// <summary>What is seen at one moment.</summary>
    /// <param name="T">Time, the sum of the steps.</param>
    /// <param name="Rho">ρ, signed: where the start does not separate on average it passes 0.</param>
    /// <param name="Correlation">Σ y f (mean where the risk is a mean).</param>
    /// <param name="Energy">Σ f² (likewise).</param>
    /// <param name="Lambda">λ.</param>
    /// <param name="Outputs">f_n.</param>
    public sealed record Moment(double T, double Rho, double Correlation, double Energy, double Lambda, double[] Outputs)
    {
        /// <summary>ρ_eq of SQ eq. 7.</summary>
        public double Equilibrium => Correlation / (Lambda + Energy);

        /// <summary>|ρ|.</summary>
        public double Size => Math.Abs(Rho);

        /// <summary>Margins of the normalized network, which has the sign of ρ.</summary>
        public double[] Margins(ReadOnlySpan<double> y)
        {
            var margins = new double[Outputs.Length];
            for (var n = 0; n < margins.Length; n++) margins[n] = Math.Sign(Rho) * y[n] * Outputs[n];
            return margins;
        }
    }

    /// <summary>Steps of one size, observed every <paramref name="every"/> steps.</summary>
    /// <param name="parts">Where given, the risks that the steps go down one after another instead, over and over: minibatches.</param>
    public static List<Moment> Steps(EmpiricalRisk risk, double lambda, double rho, ReadOnlySpan<double> theta, double size, int steps,
        int every, IReadOnlyList<EmpiricalRisk>? parts = null,
        CancellationToken cancellation = default)
    {
        FlowWorkspace[] flows = [.. (parts ?? [risk]).Select(r => new BatchNormWeightDecayFlow(r, lambda, rho).NewWorkspace())];
        double[] state = flows[0].Flow.Start(theta), velocity = new double[state.Length];
        List<Moment> path = [Look(risk, lambda, 0, state)];
        for (var i = 1; i <= steps; i++)
        {
            Move(flows[(i - 1) % flows.Length], state, velocity, size);
            if (i % every != 0) continue;
            cancellation.ThrowIfCancellationRequested();
            path.Add(Look(risk, lambda, i * size, state));
        }
        return path;
    }

    /// <summary>
    /// Stochastic steps of a rate that falls, h_e = h/((1 + ρ²)(1 + e/τ)) in epoch e: each is of one minibatch, in a new order every
    /// epoch, down
    /// Σ_B ℓ_n² + (|B|/N) λρ², so that an epoch of small steps is one step of size h_e of the flow (5)–(6). Returns (ρ, V).
    /// </summary>
    /// <param name="risks">The risk of each example alone.</param>
    /// <param name="batch">Examples of a minibatch, a divisor of their number.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="rho">ρ at the start.</param>
    /// <param name="theta">V at the start.</param>
    /// <param name="rate">h and τ.</param>
    /// <param name="epochs">How many.</param>
    /// <param name="random">Of the orders.</param>
    /// <param name="cancellation">Looked at between epochs.</param>
    public static double[] Falling(IReadOnlyList<EmpiricalRisk> risks, int batch, double lambda, double rho, ReadOnlySpan<double> theta,
        (double Size, double Epochs) rate, int epochs, RandomStream random, CancellationToken cancellation)
    {
        FlowWorkspace[] flows = [.. risks.Select(r => new BatchNormWeightDecayFlow(r, lambda / risks.Count, rho).NewWorkspace())];
        double[] state = flows[0].Flow.Start(theta), velocity = new double[state.Length], sum = new double[state.Length];
        int[] order = [.. Enumerable.Range(0, flows.Length)];
        for (var e = 0; e < epochs; e++)
        {
            cancellation.ThrowIfCancellationRequested();
            random.Shuffle(order);
            var h = rate.Size / (1 + state[0] * state[0]) / (1 + e / rate.Epochs);
            for (var first = 0; first < order.Length; first += batch)
            {
                Array.Clear(sum);
                foreach (var n in order.AsSpan(first, batch))
                    Vectors.Add(Math.Exp(flows[n].Velocity(0, state, velocity)), velocity, sum);
                Vectors.Add(h, sum, state);
                Sphere(flows[0].Flow.Network, state);
            }
        }
        return state;
    }

    /// <summary>
    /// Steps that shrink like the time scale 1/ρ² of V: h = <paramref name="size"/>/(1 + ρ²). Observed <paramref name="count"/> times,
    /// evenly spaced in the logarithm of
    /// the steps.
    /// </summary>
    public static List<Moment> ScaledSteps(EmpiricalRisk risk, double lambda, double rho, ReadOnlySpan<double> theta, double size,
        int steps, int count = 60, CancellationToken cancellation = default)
    {
        var flow = new BatchNormWeightDecayFlow(risk, lambda, rho).NewWorkspace();
        double[] state = flow.Flow.Start(theta), velocity = new double[state.Length];
        var t = 0.0;
        List<Moment> path = [Look(risk, lambda, 0, state)];
        for (int i = 1, seen = 1; i <= steps; i++)
        {
            var h = size / (1 + state[0] * state[0]);
            Move(flow, state, velocity, h);
            t += h;
            if (i < Math.Pow(steps, (double)seen / count) * (1 - 1e-9)) continue;
            cancellation.ThrowIfCancellationRequested();
            while (seen <= count && i >= Math.Pow(steps, (double)seen / count) * (1 - 1e-9)) seen++;
            path.Add(Look(risk, lambda, t, state));
        }
        return path;
    }

    /// <summary>
    /// ρ by SQ eq. 5 alone along the measured f: between two moments Σ y f and Σ f² are taken as constant at their means, for which the
    /// linear equation is solved
    /// exactly.
    /// </summary>
    public static double[] NormAlong(IReadOnlyList<Moment> path)
    {
        var rho = new double[path.Count];
        rho[0] = path[0].Rho;
        for (var i = 1; i < path.Count; i++)
        {
            Moment a = path[i - 1], b = path[i];
            double c = (a.Correlation + b.Correlation) / 2, e = (a.Energy + b.Energy) / 2 + b.Lambda;
            rho[i] = c / e + (rho[i - 1] - c / e) * Math.Exp(-2 * e * (b.T - a.T));
        }
        return rho;
    }

    /// <summary>The networks that the model is tried on: 4-8-8-1, 20 examples of gaussian-teacher, one start of V a seed.</summary>
    public static (EmpiricalRisk Risk, double[] Theta) Small(long seed)
    {
        var net = Network.Dense(4, 8, 8, 1);
        return (new EmpiricalRisk(net, Loss.Square, GaussianTeacher.Draw(20, 4, seed), Reduction.Sum),
            Initialization.Normal(net, new RandomStream(seed, 24)));
    }

    /// <summary>The small networks from one ρ at one λ, all seeds; computed once for figures and claims.</summary>
    public static IReadOnlyList<List<Moment>> SmallRuns(StudyContext context, double lambda, double rho) =>
        AllSmallRuns.Of(context, (lambda, rho));

    private static readonly SharedResults<(double Lambda, double Rho), List<Moment>[]> AllSmallRuns = new((context, of) =>
    [
        .. Spread.Seeds.Select(seed =>
        {
            var (risk, theta) = Small(seed);
            return ScaledSteps(risk, of.Lambda, of.Rho, theta, SmallSize, SmallSteps, cancellation: context.Cancellation);
        }),
    ]);

    /// <summary>Steps of <see cref="SmallRuns"/>, of size <see cref="SmallSize"/>/(1 + ρ²).</summary>
    public const int SmallSteps = 20_000;

    /// <summary>See <see cref="SmallSteps"/>.</summary>
    public const double SmallSize = .1;

    private static void Move(FlowWorkspace flow, double[] state, double[] velocity, double size)
    {
        var h = size * Math.Exp(flow.Velocity(0, state, velocity));
        for (var i = 0; i < state.Length; i++) state[i] += h * velocity[i];
        Sphere(flow.Flow.Network, state);
    }

    // Every V_k back to norm 1.
    private static void Sphere(Network network, double[] state)
    {
        foreach (var layer in network.Layers)
        {
            var v = layer.Of(state.AsSpan(1));
            Vectors.Scale(1 / Vectors.Norm(v), v, v);
        }
    }

    private static Moment Look(EmpiricalRisk risk, double lambda, double t, double[] state)
    {
        var f = risk.Outputs(state.AsSpan(1)).ToArray();
        double c = 0, e = 0, r = risk.Reduction == Reduction.Mean ? 1.0 / f.Length : 1;
        for (var n = 0; n < f.Length; n++)
        {
            c += r * risk.Data.Y[n] * f[n];
            e += r * f[n] * f[n];
        }
        return new Moment(t, state[0], c, e, lambda, f);
    }
}
