using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// Small sets on which the claims are followed to where numbers can be compared. The papers give no data for their two-parameter example
/// (Theory III, Fig. 2); these are the instances that the reference values of the claims belong to. All labels are +1: y_n is absorbed in
/// x_n.
/// </summary>
public static class ExampleSets
{
    /// <summary>z = (1, .5), (.4, 1.2): both are support vectors, with dual weights 2.4 : 1; γ* = 1.08465.</summary>
    public static Dataset TwoByTwo { get; } = new("two examples", [1, .5, .4, 1.2], [1, 1], 2);

    /// <summary>
    /// The same two and z = (2, −.3), which is no support vector but dominates early on, so that the margin first rises beyond what the
    /// third example
    /// lets it keep. It was recovered from the reference values of the regularization path (.0939, .0087, .0269, .0335 at λ = 1e-1, 1e-3,
    /// 1e-6, 1e-9),
    /// which fix its two coordinates to all their digits.
    /// </summary>
    public static Dataset ThreeByTwo { get; } = new("three examples", [1, .5, .4, 1.2, 2, -.3], [1, 1, 1], 2);

    /// <summary>Where the references of both sets start: w0 = (.3, −.1).</summary>
    public static double[] Start => [.3, -.1];

    /// <summary>Uniform directions in R^d, labelled by a random half-space through the origin: linearly separable without a bias.</summary>
    /// <param name="examples">N.</param>
    /// <param name="inputs">d.</param>
    /// <param name="seed">Any integer.</param>
    public static Dataset HalfSpace(int examples, int inputs, long seed)
    {
        var x = GaussianTeacher.Draw(examples, inputs, seed).X.ToArray();
        var u = Normal(inputs, seed, stream: 2);
        var y = new double[examples];
        for (var n = 0; n < examples; n++) y[n] = Vectors.Dot(u, x.AsSpan(n * inputs, inputs)) > 0 ? 1 : -1;
        return new Dataset($"half-space (N = {examples}, d = {inputs}, seed {seed})", x, y, inputs);
    }

    /// <summary><paramref name="count"/> standard normal numbers.</summary>
    public static double[] Normal(int count, long seed, int stream)
    {
        var random = new RandomStream(seed, stream);
        var v = new double[count];
        foreach (ref var entry in v.AsSpan()) entry = random.NextNormal();
        return v;
    }
}
