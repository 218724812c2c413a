using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// x̂ = (x − μ)/√(σ² + ε), channel by channel over the examples and positions of the minibatch, then γ x̂ + β if affine (SQ eq. 15a, 16;
/// T3 eq. 55a; T3 eq. 56 leaves out μ's own derivative). In evaluation μ and σ² are running averages.
/// </summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Windows">C running means and variances, and γ and β if affine.</param>
/// <param name="Epsilon">ε ≥ 0. The network is invariant to the scale of the weights below only for ε = 0.</param>
/// <param name="Momentum">Share of the newest minibatch in the running averages (the variance without bias).</param>
internal sealed record BatchNormNode(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows, double Epsilon, double Momentum)
    : Node(Sources, Shape, Windows), INodeKind
{
    private static readonly NodeTraits s_traits = new()
    {
        WhyNotSequential = null,
        NotLipschitz = null,
        WhyNotElementwise = null,
        WhyShifted = "batch normalization shifts by running means",
        WhyNoPaths = null,
        IsPiecewiseLinear = true,
        UnitDegree = null,
        KeepsChannels = true,
        RemovesScale = false,
    };

    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "batch-norm",
            Example = "batch-norm",
            Summary = "(x − μ)/√(σ² + ε) by minibatch, running averages in evaluation; "
                + "{batch-norm: {affine: true, epsilon: 1e-5, momentum: 0.1}}",
            Settings =
            [
                new("affine", SettingKind.Flag) { Default = static _ => 0 },
                new("epsilon", SettingKind.NonNegative) { Default = static _ => 1e-5 },
                new("momentum", SettingKind.Positive) { Default = static _ => 0.1 },
            ],
            Add = static (builder, s) => builder.BatchNorm(s.Flag("affine"), s.Number("epsilon"), s.Number("momentum")),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "batch-norm";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => s_traits;

    internal override IReadOnlyList<(string Name, double Value)> Settings => [("epsilon", Epsilon), ("momentum", Momentum)];

    /// <summary>Whether γ and β are parameters.</summary>
    public bool IsAffine => Windows.Gamma is not null;

    internal override SlotUse Slot => SlotUse.Own;

    // x̂ does not change when x is scaled, as long as ε is nothing beside σ². Folded, it is part of the weights below.
    internal override int? Degree(DegreeWalk walk, int?[] below)
    {
        if (walk.IsFolded || below[0] is null) return below[0];
        if (below[0] is not 0 && Epsilon > 0)
        {
            walk.Because($"the batch normalization of node {walk.Number} has ε = {Epsilon}: "
                + "invariant to the scale of the weights below only as far as ε is small beside the variances");
        }
        return IsAffine ? walk.Affine : 0;
    }

    // Into the rows of a layer that nobody else reads, or on towards the next.
    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        if (walk.IsUnfolded) return below[0]?.Stop($"{walk.Place} after it is not folded");
        var channels = Shape.Channels;
        ReadOnlySpan<double> means = Windows.Means!.Value.Of(walk.Statistics), variances = Windows.Variances!.Value.Of(walk.Statistics);
        var own = new ChannelRescaling(new double[channels], new double[channels], [walk.Number - 1]);
        for (var c = 0; c < channels; c++)
        {
            var denominator = variances[c] + Epsilon;
            own.Scale[c] = (IsAffine ? Windows.Gamma!.Value.Of(walk.Theta)[c] : 1) * (denominator > 0 ? 1 / Math.Sqrt(denominator) : 0);
            own.Shift[c] = (IsAffine ? Windows.Beta!.Value.Of(walk.Theta)[c] : 0) - own.Scale[c] * means[c];
        }
        if (walk.LayerReadOnlyHere is not { } read) return below[0] is null ? own : own.After(below[0]!);
        // s (Wx + b) + t = (s W)x + b + (t + (s − 1) b): the bias stays the node that it is.
        for (var c = 0; c < read.Bias.Length; c++) own.Shift[c] += (own.Scale[c] - 1) * read.Bias[c];
        walk.ScaleRows(read.Layer, own);
        return null;
    }

    // It counts as folded into the weights.
    internal override double[] PathSums(PathWalk walk, double[][] below) => below[0];

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) =>
        new BatchNormOperator<T>(this, site.Index, site.Capacity, site.Source, site.Target, site.Team);
}

public sealed partial class NetworkBuilder
{
    /// <summary>Normalizes every channel over the minibatch (SQ A.2).</summary>
    /// <param name="affine">Whether γ and β are learned after it.</param>
    /// <param name="epsilon">ε ≥ 0 in √(σ² + ε).</param>
    /// <param name="momentum">Share of the newest minibatch in the running statistics, in (0, 1].</param>
    /// <exception cref="ArgumentException">ε or the momentum is out of range.</exception>
    public NetworkBuilder BatchNorm(bool affine = false, double epsilon = 1e-5, double momentum = 0.1)
    {
        if (!(epsilon >= 0 && double.IsFinite(epsilon)))
            throw new ArgumentException($"batch normalization needs a finite ε ≥ 0; {epsilon} was given");
        if (!(momentum is > 0 and <= 1))
            throw new ArgumentException($"batch normalization needs a momentum in (0, 1]; {momentum} was given");
        Window means = AddStatistics(Shape.Channels), variances = AddStatistics(Shape.Channels);
        var windows = new NodeWindows(Means: means, Variances: variances);
        if (affine) windows = windows with { Gamma = AddParameters(Shape.Channels), Beta = AddParameters(Shape.Channels) };
        return Add(new BatchNormNode([Last], Shape, windows, epsilon, momentum));
    }
}
