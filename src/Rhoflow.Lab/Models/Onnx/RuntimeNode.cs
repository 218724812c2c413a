using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>
/// A layer of weights in a graph that another program computes: its matrix is known, and what the graph does around it is not, so that what
/// rests on that does not apply.
/// </summary>
/// <param name="Sources">The layer before it in the graph's order, which need not be what it reads.</param>
/// <param name="Shape">A vector of its rows.</param>
/// <param name="Windows">Its layer.</param>
/// <param name="Runtime">The program.</param>
internal sealed record RuntimeNode(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows, string Runtime)
    : Node(Sources, Shape, Windows)
{
    /// <inheritdoc/>
    public override string Kind => "layer";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => new()
    {
        WhyNotSequential = $"stands in a graph that {Runtime} computes",
        NotLipschitz = $"a graph that {Runtime} computes, whose operators are not known here,",
        WhyNotElementwise = $"what follows it is computed by {Runtime}",
        WhyShifted = $"a graph that {Runtime} computes may shift",
        WhyNoPaths = $"{Runtime} computes the graph",
        IsPiecewiseLinear = false,
        UnitDegree = null,
        KeepsChannels = false,
        RemovesScale = false,
    };

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below)
    {
        walk.Because($"{Runtime} computes the graph; whether f(cθ; x) is a power of c times f(θ; x) is not known");
        return null;
    }

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below) => null;

    internal override double[] PathSums(PathWalk walk, double[][] below) => throw new InvalidOperationException(Traits.WhyNoPaths);

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) =>
        throw new InvalidOperationException($"{Runtime} computes this graph, and not a network here");
}
