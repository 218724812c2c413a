using Rhoflow.Measures.Margins;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Equilibrium;

/// <summary>
/// ‖V_k f̃_n − ∂f̃_n/∂V_k‖/‖∂f̃_n/∂V_k‖ example by example: 0 if SQ eq. 37, 39, 40, 45c, 48 (written out: SQ eq. 11, 52) held, which ask of
/// every example what equilibrium asks of their weighted sum (it is not reached; V_k would be of rank one). With a degree e_k ≠ 1 of f in
/// V_k it is V_k e_k f̃_n; with several outputs f̃ is the margin f̃_y − f̃_j, j the largest other output.
/// </summary>
/// <param name="Smallest">Over examples.</param>
/// <param name="Mean">Over examples.</param>
/// <param name="Largest">Over examples.</param>
internal readonly record struct ExampleStationarity(double Smallest, double Mean, double Largest)
{
    /// <summary>Of larger sets, this many examples at equal distances are looked at: each costs a backward pass of its own.</summary>
    public const int LargestSample = 1000;

    /// <summary>For every layer, over the examples with ∂f̃_n/∂V_k ≠ 0 (a dead path says nothing); NaN where there is none.</summary>
    internal static ExampleStationarity[] Of(Linearization passes, NormalizedWeights weights, ReadOnlySpan<int> examples, bool margins)
    {
        var network = passes.Network;
        var outputs = network.Outputs;
        var f = weights.Outputs(passes);
        var combinations = margins ? MarginWeights.Of(f, passes.Data.Y, outputs, examples) : [.. Enumerable.Repeat(1.0, examples.Length)];
        int depth = network.Depth;
        double[] smallest = new double[depth], sum = new double[depth], largest = new double[depth];
        var counts = new int[depth];
        Array.Fill(smallest, double.PositiveInfinity);
        var g = new double[passes.Theta.Length];
        passes.EachVectorJacobianProduct(examples, combinations, (n, i, gradient) =>
        {
            gradient.CopyTo(g);
            passes.Normalize(g);
            var value = Vectors.Dot(combinations.AsSpan(i * outputs, outputs), f.AsSpan(n * outputs, outputs));
            for (var k = 0; k < depth; k++)
            {
                var slope = network.Layers[k].Of(g);
                var norm = Vectors.Norm(slope);
                if (norm == 0) continue;
                Vectors.Add(-network.Exponents[k] * value, network.Layers[k].Of(weights.V), slope);
                var residual = Vectors.Norm(slope) / norm;
                smallest[k] = Math.Min(smallest[k], residual);
                largest[k] = Math.Max(largest[k], residual);
                sum[k] += residual;
                counts[k]++;
            }
        });
        return [.. counts.Select((count, k) => count == 0 ? new ExampleStationarity(double.NaN, double.NaN, double.NaN)
            : new ExampleStationarity(smallest[k], sum[k] / count, largest[k]))];
    }
}
