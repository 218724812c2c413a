using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// One operation of a network, as a description: which nodes it reads, what shape it gives, which windows of θ it owns. Nodes
/// stand in an order in which every node comes after those it reads.
/// </summary>
/// <param name="Sources">The nodes whose outputs it reads; <see cref="NetworkInput"/> (−1) is the input x.</param>
/// <param name="Shape">What one example is behind this node.</param>
public abstract record Node(IReadOnlyList<int> Sources, TensorShape Shape)
{
    /// <summary>The index that stands for the network's input x.</summary>
    public const int NetworkInput = -1;

    /// <summary>The word that configs and errors use.</summary>
    public abstract string Kind { get; }

    public sealed override string ToString() => $"{Kind} → {Shape}";
}

/// <summary>z = W_k a, with W_k a full or a diagonal matrix; an image is read as the vector of its numbers (y, x, channel).</summary>
/// <param name="Layer">k − 1: the weight matrix in <see cref="Network.Layers"/>.</param>
public sealed record LinearNode(IReadOnlyList<int> Sources, TensorShape Shape, int Layer) : Node(Sources, Shape)
{
    public override string Kind => "dense";
}

/// <summary>
/// z = W_k ∗ a: at every position W_k, a matrix of maps × (Kernel · Kernel · channels) with columns in the order (y, x, channel),
/// times the patch there; outside the image a is 0.
/// </summary>
/// <param name="Layer">k − 1: the weight matrix in <see cref="Network.Layers"/>.</param>
/// <param name="Kernel">Rows and columns of a patch.</param>
/// <param name="Stride">Distance of neighbouring patches.</param>
/// <param name="Padding">Zeros around the image.</param>
public sealed record ConvolutionNode(IReadOnlyList<int> Sources, TensorShape Shape, int Layer, int Kernel, int Stride, int Padding) : Node(Sources, Shape)
{
    public override string Kind => "conv";
}

/// <summary>a = σ(z), elementwise.</summary>
public sealed record ActivationNode(IReadOnlyList<int> Sources, TensorShape Shape, Activation Activation) : Node(Sources, Shape)
{
    public override string Kind => Activation.ToString();
}

/// <summary>
/// x̂ = (x − μ)/√(σ² + ε), channel by channel over the examples and positions of the minibatch, then γ x̂ + β if affine (SQ A.2;
/// T3 eq. 56 leaves out μ's own derivative). In evaluation μ and σ² are running averages.
/// </summary>
/// <param name="Statistics">Where its window of 2·C running statistics (means, then variances) begins in the network's statistics vector.</param>
/// <param name="AffineOffset">Where its window of 2·C parameters (γ, then β) begins in θ; −1 without them.</param>
/// <param name="Epsilon">ε ≥ 0. The network is invariant to the scale of the weights below only for ε = 0.</param>
/// <param name="Momentum">Share of the newest minibatch in the running averages (the variance without bias).</param>
public sealed record BatchNormNode(IReadOnlyList<int> Sources, TensorShape Shape, int Statistics, int AffineOffset, double Epsilon, double Momentum) : Node(Sources, Shape)
{
    public override string Kind => "batch-norm";

    /// <summary>Whether γ and β are parameters.</summary>
    public bool IsAffine => AffineOffset >= 0;
}

/// <summary>How a pooling node summarizes a window.</summary>
public enum PoolingKind { Max, Average }

/// <summary>The maximum or the mean of every window of Kernel × Kernel positions; for a mean the padding counts as zeros, a maximum never comes from it.</summary>
public sealed record PoolingNode(IReadOnlyList<int> Sources, TensorShape Shape, PoolingKind Pooling, int Kernel, int Stride, int Padding) : Node(Sources, Shape)
{
    public override string Kind => Pooling == PoolingKind.Max ? "max-pool" : "average-pool";
}

/// <summary>The mean over all positions of every channel.</summary>
public sealed record GlobalAverageNode(IReadOnlyList<int> Sources, TensorShape Shape) : Node(Sources, Shape)
{
    public override string Kind => "global-average";
}

/// <summary>The image as one vector (y, x, channel): nothing moves in memory.</summary>
public sealed record FlattenNode(IReadOnlyList<int> Sources, TensorShape Shape) : Node(Sources, Shape)
{
    public override string Kind => "flatten";
}

/// <summary>The sum of its sources: a residual connection.</summary>
public sealed record SumNode(IReadOnlyList<int> Sources, TensorShape Shape) : Node(Sources, Shape)
{
    public override string Kind => "residual";
}
