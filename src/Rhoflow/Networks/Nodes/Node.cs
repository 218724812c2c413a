using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// One operation of a network, as a description: which nodes it reads, what shape it gives, which windows of θ it owns. Nodes
/// stand in an order in which every node comes after those it reads.
/// </summary>
/// <remarks>
/// A kind of node is one file in this folder: the record, its operator with the four passes, the builder's method, how it is written in
/// configs. What is abstract here, required in <see cref="NodeTraits"/> or asked for by <see cref="IOperator{T}"/> must be answered there,
/// or
/// it does not compile. One line in <see cref="NodeSyntax.All"/> makes the words of configs known.
/// </remarks>
/// <param name="Sources">The nodes whose outputs it reads; <see cref="NetworkInput"/> (−1) is the input x.</param>
/// <param name="Shape">What one example is after this node.</param>
/// <param name="Windows">The windows of θ and of the running statistics that it owns.</param>
public abstract record Node(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows)
{
    /// <summary>The index that stands for the network's input x.</summary>
    public const int NetworkInput = -1;

    /// <summary>The word that configs and errors use.</summary>
    public abstract string Kind { get; }

    /// <summary>k − 1 of the weight matrix W_k that it applies, in <see cref="Network.Layers"/>; null for a node without one.</summary>
    public int? Layer => Windows.Layer;

    /// <summary>σ of an elementwise nonlinearity; null for every other node.</summary>
    internal abstract Activation? Elementwise { get; }

    /// <summary>Whether chains W_K σ(… σ(W_1 x)), which flows follow, may have it.</summary>
    internal abstract bool FitsChains { get; }

    /// <summary>What measures and theorems ask of it.</summary>
    internal abstract NodeTraits Traits { get; }

    /// <summary>The numbers that it was built with, by the names of configs (padding in full).</summary>
    internal abstract IReadOnlyList<(string Name, double Value)> Settings { get; }

    /// <summary>
    /// Of a node with a W_k: the degrees of its output in W_k and in what it reads, as <see cref="Network.Exponents"/> count them.
    /// </summary>
    internal virtual (int OfWeights, int OfInput) LayerDegrees => (1, 1);

    /// <summary>Where its output lies.</summary>
    internal abstract SlotUse Slot { get; }

    /// <summary>Whether its derivatives are read off its output, so that no node may run in place over that.</summary>
    internal virtual bool KeepsOutput => false;

    /// <summary>The degree of homogeneity of its output; null where it has none (then <see cref="DegreeWalk.Because"/> says why).</summary>
    /// <param name="walk">Whose degrees are asked for.</param>
    /// <param name="below">The degrees of its sources.</param>
    internal abstract int? Degree(DegreeWalk walk, int?[] below);

    /// <summary>
    /// How its true output follows from what it has in the network into whose weights batch normalization is folded; null: they are equal.
    /// </summary>
    /// <param name="walk">The matrices folded so far.</param>
    /// <param name="below">The same of its sources.</param>
    /// <exception cref="FoldingException">What is owed below cannot pass it.</exception>
    internal abstract ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below);

    /// <summary>
    /// Σ_paths ∏|w|^p from the inputs to every number of its output: its forward pass with |w|^p for weights and the p-th powers of its own
    /// Lipschitz constants. Not called where <see cref="NodeTraits.WhyNoPaths"/> says why there is no path norm.
    /// </summary>
    /// <param name="walk">|θ|^p and p.</param>
    /// <param name="below">The sums of its sources.</param>
    internal abstract double[] PathSums(PathWalk walk, double[][] below);

    /// <summary>The node at work; null where it does nothing.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    internal abstract IOperator<T>? MakeOperator<T>(OperatorSite<T> site) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>;

    /// <summary>The same node in a network that has more nodes, layers and parameters in front.</summary>
    internal Node Shifted(int nodes, int layers, int parameters) => this with
    {
        Sources = [.. Sources.Select(s => s + nodes)],
        Windows = Windows.Shifted(layers, parameters),
    };

    /// <summary>Kind and shape.</summary>
    public sealed override string ToString() => $"{Kind} → {Shape}";
}
