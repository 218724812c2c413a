using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>The image as one vector (y, x, channel): nothing moves in memory.</summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">A vector of all its numbers.</param>
internal sealed record FlattenNode(IReadOnlyList<int> Sources, TensorShape Shape) : Node(Sources, Shape, NodeWindows.None), INodeKind
{
    private static readonly NodeTraits s_traits = new()
    {
        WhyNotSequential = null,
        NotLipschitz = null,
        WhyNotElementwise = null,
        WhyShifted = null,
        WhyNoPaths = null,
        IsPiecewiseLinear = true,
        UnitDegree = 1,
        KeepsChannels = true,
        RemovesScale = false,
    };

    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "flatten",
            Example = "flatten",
            Summary = "the image as one vector (row, column, channel); dense does it by itself",
            Add = static (builder, _) => builder.Flatten(),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "flatten";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => s_traits;

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override SlotUse Slot => SlotUse.Source;

    internal override int? Degree(DegreeWalk walk, int?[] below) => below[0];

    // The channels are fastest, also in the vector that an image is read as.
    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below) => below[0]?.Repeated(walk.Input.Positions);

    internal override double[] PathSums(PathWalk walk, double[][] below) => below[0];

    internal override IOperator<T>? MakeOperator<T>(OperatorSite<T> site) => null;
}

public sealed partial class NetworkBuilder
{
    /// <summary>The image as one vector.</summary>
    public NetworkBuilder Flatten() => Add(new FlattenNode([Last], TensorShape.Vector(Shape.Count)));
}
