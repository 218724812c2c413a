using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Bounds;

/// <summary>
/// The empirical Rademacher complexity of the normalized networks F̃ = {f̃_1(V; ·) : ‖V_k‖_F = 1}, one output, from below: for every drawn
/// σ the supremum is looked for by ascent on the product of spheres, and what is found is at most the supremum. Exact for one layer, where
/// the ascent is.
/// </summary>
internal sealed class NetworkRademacher
{
    /// <summary>Draws of σ. With 2^N or more, all signs are taken instead.</summary>
    public int Draws { get; init; } = 10;

    /// <summary>Random starts of every ascent; the best counts.</summary>
    public int Restarts { get; init; } = 3;

    /// <summary>Steps of an ascent at most.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Null, or why F̃ means nothing for this network.</summary>
    internal static string? Refuse(Network network)
    {
        if (network.StatisticsCount > 0)
            return "with batch normalization the class of networks with ‖V_k‖ = 1 is not what the network is a multiple of";
        return Homogeneity.Of(network).Reason;
    }

    /// <param name="network">The network; of several outputs the first, which has the complexity of each.</param>
    /// <param name="x">x_n, row-major N × d.</param>
    /// <param name="seed">Of signs and starts.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="ArgumentException">A network without a class F̃, or inputs that are not whole examples.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public RademacherComplexity LowerEstimate(Network network, ReadOnlySpan<double> x, long seed = 0,
        CancellationToken cancellation = default)
    {
        if (Refuse(network) is { } reason) throw new ArgumentException(reason, nameof(network));
        var count = x.Length / network.Inputs;
        if (count == 0 || x.Length % network.Inputs != 0)
            throw new ArgumentException($"{x.Length} numbers are not whole examples of {network.Inputs}", nameof(x));
        using var team = new Team(1) { Cancellation = cancellation };
        var ascent = new Ascent(network, x, count, team);
        var random = new RandomStream(seed);
        var all = count < 30 && 1 << count <= Draws;
        var values = new double[all ? 1 << count : Math.Max(2, Draws)];
        for (var i = 0; i < values.Length; i++)
        {
            for (var n = 0; n < count; n++) ascent.Sigma[n] = all ? 1 - 2 * ((i >> n) & 1) : RademacherComplexity.Sign(random);
            for (var r = 0; r < Restarts; r++) values[i] = Math.Max(values[i], ascent.Run(random, Steps, cancellation));
        }
        return all ? new RademacherComplexity(values.Average(), 0) : RademacherComplexity.MeanOf(values);
    }

    // max over V of F(V) = (1/N) Σ_n σ_n f_1(V; x_n).
    private sealed class Ascent
    {
        private const double LargestStep = 4;

        private readonly Network _network;
        private readonly GraphPasses<double> _propagation;
        private readonly Minibatch<double> _examples;
        private readonly double[] _weights, _gradient;
        private double[] _v, _next;

        public Ascent(Network network, ReadOnlySpan<double> x, int count, Team team)
        {
            (_network, _propagation, _examples) =
                (network, new GraphPasses<double>(network, count, team), new Minibatch<double>(network.Input, count, shared: false, team));
            _examples.GatherRange(x, [], 0, count);
            Sigma = new double[count];
            _weights = new double[count * network.Outputs];
            (_v, _next, _gradient) = (network.Zeros(), network.Zeros(), network.Zeros());
        }

        public double[] Sigma { get; }

        public double Run(RandomStream random, int steps, CancellationToken cancellation)
        {
            for (var n = 0; n < Sigma.Length; n++) _weights[n * _network.Outputs] = Sigma[n] / Sigma.Length;
            foreach (ref var w in _v.AsSpan()) w = random.NextNormal();
            Normalize(_v);
            var value = Value(_v);
            if (value < 0)
            {
                // −f̃ is in the class too.
                var last = _network.Layers[^1].Of(_v);
                Vectors.Scale(-1, last, last);
                value = Value(_v);
            }
            // V ← (V + η g/‖g‖) normalized, layer by layer. With η = ∞ two layers could go on exchanging their directions.
            var eta = LargestStep;
            while (steps-- > 0)
            {
                _propagation.VectorJacobianProduct(_v, _weights, _gradient);
                double next;
                while (true)
                {
                    cancellation.Look();
                    Move(eta);
                    next = Value(_next);
                    if (next > value || eta < 1e-9) break;
                    eta /= 4;
                }
                if (next <= value) break;
                var gain = next - value;
                (value, _v, _next) = (next, _next, _v);
                if (gain < 1e-12 * value) break;
                eta = Math.Min(2 * eta, LargestStep);
            }
            return value;
        }

        private void Move(double eta)
        {
            _v.CopyTo(_next, 0);
            foreach (var layer in _network.Layers)
            {
                var g = layer.Of(_gradient);
                var norm = Vectors.Norm(g);
                if (norm > 0) Vectors.Add(eta / norm, g, layer.Of(_next));
            }
            Normalize(_next);
        }

        private double Value(double[] v)
        {
            _propagation.Forward(v, _examples);
            return Vectors.Dot(_weights, _propagation.Outputs);
        }

        private void Normalize(double[] v)
        {
            foreach (var layer in _network.Layers)
            {
                var w = layer.Of(v);
                Vectors.Scale(1 / Vectors.Norm(w), w, w);
            }
        }
    }
}
