using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Observations;

/// <summary>Receives ∂f_c(x_n)/∂θ, P numbers that are valid during the call only.</summary>
public delegate void GradientVisitor(int n, int c, ReadOnlySpan<double> gradient);

/// <summary>
/// A network and its loss at one θ on a whole data set, with first and second derivatives. Batch normalization goes by its running
/// statistics (the network that is evaluated) or by those of the examples, which derivatives then go through (the loss that is descended);
/// <see cref="By"/> says which. Sums are carried in float64, in the order of the data, and give the same bits with
/// any number of threads. Outputs are computed when something first needs them. Owns its work buffers; not thread-safe, use one instance
/// per thread.
/// </summary>
public abstract class Linearization : IDisposable
{
    private readonly ReadOnlyMemory<double> _theta, _statistics;
    private (double[] Scale, double[] ToV)? _directions;

    /// <summary>Checks that the numbers are those of the network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="data">The examples.</param>
    /// <param name="reduction">Whether L is a mean or a sum.</param>
    /// <param name="theta">θ, P numbers; kept, not copied.</param>
    /// <param name="statistics">Running means and variances of batch normalization; kept, not copied.</param>
    /// <param name="by">What batch normalization goes by.</param>
    protected Linearization(Network network, Loss loss, Dataset data, Reduction reduction, ReadOnlyMemory<double> theta,
        ReadOnlyMemory<double> statistics, NormalizeBy by = NormalizeBy.Running)
    {
        if (theta.Length != network.ParameterCount)
            throw new ArgumentException($"the network has {network.ParameterCount} parameters; {theta.Length} were given", nameof(theta));
        if (statistics.Length != network.StatisticsCount)
            throw new ArgumentException($"the network has {network.StatisticsCount} running statistics; {statistics.Length} were given",
                nameof(statistics));
        (Network, Loss, Data, Reduction, By, _theta, _statistics) = (network, loss, data, reduction, by, theta, statistics);
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>ℓ.</summary>
    public Loss Loss { get; }

    /// <summary>The examples, N of them.</summary>
    public Dataset Data { get; }

    /// <summary>Whether L is a mean or a sum.</summary>
    public Reduction Reduction { get; }

    /// <summary>What batch normalization goes by; of no meaning without it.</summary>
    public NormalizeBy By { get; }

    /// <summary>θ.</summary>
    public ReadOnlySpan<double> Theta => _theta.Span;

    /// <summary>Running means and variances of batch normalization; empty without it.</summary>
    public ReadOnlySpan<double> Statistics => _statistics.Span;

    /// <summary>
    /// W = Scale ∘ θ with batch normalization folded into the weights (<see cref="BatchNormFolding"/>); 1 where nothing is folded, and on γ
    /// and β. By the examples' own statistics nothing is: what W is multiplied by depends on W.
    /// </summary>
    public ReadOnlySpan<double> Scale => ByLayer.Scale;

    /// <summary>Ends every pass and product, and what is computed by them.</summary>
    internal virtual CancellationToken Cancellation => CancellationToken.None;

    /// <summary>Products with the Hessian or the Gauss–Newton matrix so far.</summary>
    internal virtual int Products => 0;

    /// <summary>Who works; also on vectors between products.</summary>
    public abstract Team Team { get; }

    /// <summary>f(x_n), N × C.</summary>
    public abstract ReadOnlySpan<double> Outputs { get; }

    /// <summary>c with −∂L/∂f = e^{s} c, N × C; s is <see cref="Value"/>'s scale.</summary>
    public abstract ReadOnlySpan<double> Weights { get; }

    /// <summary>log L and s.</summary>
    public abstract LossValue Value { get; }

    /// <summary>g = Σ_n Σ_c weights_nc ∂f_c(x_n)/∂θ.</summary>
    /// <param name="weights">N × C.</param>
    /// <param name="g">Overwritten, P numbers.</param>
    public abstract void VectorJacobianProduct(ReadOnlySpan<double> weights, Span<double> g);

    /// <summary>ḟ = (∂f/∂θ) θ̇.</summary>
    /// <param name="direction">θ̇, P numbers.</param>
    /// <param name="fDot">Overwritten, N × C.</param>
    public abstract void JacobianVectorProduct(ReadOnlySpan<double> direction, Span<double> fDot);

    /// <summary>∂f_c(x_n)/∂θ for the given examples, example by example and output by output.</summary>
    public abstract void EachGradient(ReadOnlySpan<int> examples, GradientVisitor visit);

    /// <summary>
    /// Σ_c weights_ic ∂f_c(x_n)/∂θ for the i-th of the given examples, n, one after another: the gradient of a margin, or of one output. It
    /// visits with i in place of c.
    /// </summary>
    /// <param name="examples">n.</param>
    /// <param name="weights">One row of C numbers for each of the examples.</param>
    public abstract void EachVectorJacobianProduct(ReadOnlySpan<int> examples, ReadOnlySpan<double> weights, GradientVisitor visit);

    /// <summary>result with (∇²L) v = e^{s} result: exact, 0 for a ReLU's own second derivative.</summary>
    public abstract LossValue HessianVectorProduct(ReadOnlySpan<double> v, Span<double> result);

    /// <summary>
    /// result with Σ_n J_nᵀ (∂²ℓ_n/∂f²) J_n v = e^{s} result, J = ∂f/∂θ: the (generalized) Gauss–Newton matrix, positive semidefinite for
    /// convex ℓ.
    /// </summary>
    public abstract LossValue GaussNewtonVectorProduct(ReadOnlySpan<double> v, Span<double> result);

    /// <summary>What enters W_k on every example, N × p; an image is flattened.</summary>
    /// <param name="k">1 … K.</param>
    public abstract FeatureMatrix Features(int k);

    /// <summary>descent with −∇L = e^{s} descent.</summary>
    public LossValue Gradient(Span<double> descent)
    {
        VectorJacobianProduct(Weights, descent);
        return Value;
    }

    /// <summary>
    /// g = Σ_n Σ_c weights_nc ∂f̃_c(x_n)/∂V for the normalized network f̃ = f/ρ: ∂f̃/∂V_k = (ρ_k/ρ) ∂f/∂W_k; 0 on γ and β, and where a
    /// layer is zero.
    /// </summary>
    /// <inheritdoc cref="VectorJacobianProduct" path="/param"/>
    public void NormalizedVectorJacobianProduct(ReadOnlySpan<double> weights, Span<double> g)
    {
        VectorJacobianProduct(weights, g);
        Normalize(g);
    }

    /// <summary>∂f/∂θ → ∂f̃/∂V, in place.</summary>
    public void Normalize(Span<double> g) => TensorPrimitives.Multiply(g, ByLayer.ToV, g);

    /// <summary>The node whose output enters W_k (<see cref="Node.NetworkInput"/>: the data themselves).</summary>
    public static int Source(Network network, int k) => network.Nodes[network.NodeOf(k)].Sources[0];

    /// <summary>Ends threads.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends threads.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>A linearization in the numbers <typeparamref name="T"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="data">The examples.</param>
    /// <param name="reduction">Whether L is a mean or a sum.</param>
    /// <param name="theta">θ; narrowed to <typeparamref name="T"/>.</param>
    /// <param name="statistics">Running means and variances; empty without batch normalization.</param>
    /// <param name="threads">Who works; no influence on results.</param>
    /// <param name="cancellation">Looked at before every block of examples, in every pass and product.</param>
    /// <param name="by">What batch normalization goes by; see <see cref="By"/>.</param>
    /// <param name="batch">Examples that share statistics, in the order of the data; 0: all.</param>
    public static Linearization Of<T>(Network network, Loss loss, Dataset data, Reduction reduction, ReadOnlyMemory<double> theta,
        ReadOnlyMemory<double> statistics, int threads, CancellationToken cancellation = default, NormalizeBy by = NormalizeBy.Running,
        int batch = 0)
        where T : unmanaged, IFloatingPointIeee754<T> =>
            new BlockLinearization<T>(network, loss, data, reduction, theta, statistics, threads, cancellation, by, batch);

    // P numbers each, which few ask for.
    private (double[] Scale, double[] ToV) ByLayer =>
        _directions ??= Directions(Network, Theta, Statistics, folds: By == NormalizeBy.Running);

    // Folding is linear in the weights: what it does to ones is what it multiplies by.
    private static (double[] Scale, double[] ToV) Directions(
        Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> statistics, bool folds)
    {
        double[] scale = new double[theta.Length], toV = new double[theta.Length], ones = [.. theta];
        scale.AsSpan().Fill(1);
        if (network.StatisticsCount > 0 && folds)
        {
            foreach (var layer in network.Layers) layer.Of(ones).Fill(1);
            var folded = BatchNormFolding.Of(network, ones, statistics);
            for (var k = 0; k < network.Depth; k++) folded.Layers[k].Weights.CopyTo(network.Layers[k].Of(scale));
        }
        double[] w = new double[theta.Length], rhoK = new double[network.Depth];
        TensorPrimitives.Multiply(theta, scale, w);
        NormsAndDirections.Norms(network, w, rhoK);
        var logRho = NormsAndDirections.LogProduct(network, rhoK);
        for (var k = 0; k < rhoK.Length; k++)
        {
            var factor = rhoK[k] > 0 && double.IsFinite(logRho) ? Math.Exp(Math.Log(rhoK[k]) - logRho) : 0;
            var to = network.Layers[k].Of(toV);
            var s = network.Layers[k].Of(scale);
            for (var i = 0; i < to.Length; i++) to[i] = s[i] == 0 ? 0 : factor / s[i];
        }
        return (scale, toV);
    }
}
