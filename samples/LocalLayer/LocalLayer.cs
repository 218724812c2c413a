using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace MyLab;

/// <summary>
/// A layer of weights: local connections without weight sharing, z_i = Σ_j W_ij a_{si+j}, a convolution of one dimension whose every
/// position has a row of its own. (Theoretical issues, §2: what gives convolutional networks an exponential advantage "is not weight
/// sharing but locality at each level of the hierarchy".)
/// </summary>
/// <param name="positions">How many patches there are.</param>
/// <param name="patch">Inputs of a patch.</param>
/// <param name="stride">From one patch to the next.</param>
public sealed class LocalLayer(int positions, int patch, int stride) : BilinearLayer
{
    /// <summary>In configs: <c>{local: 4}</c>, <c>{local: {patch: 4, stride: 2}}</c>.</summary>
    public static WeightLayerKind Definition { get; } = new("local", "z_i = Σ_j W_ij a_{stride·i + j}: local, every position by itself",
        [
            new NodeSetting("patch", SettingKind.Count) { Meaning = "inputs of a patch" },
            new NodeSetting("stride", SettingKind.Count) { Default = static _ => 1 },
        ],
        static (input, settings) => After(input, settings.Count("patch"), settings.Count("stride")));

    /// <summary>The layer on vectors of a length.</summary>
    public static LocalLayer After(TensorShape input, int patch, int stride) => patch <= input.Count
        ? new LocalLayer((input.Count - patch) / stride + 1, patch, stride)
        : throw new ArgumentException($"a patch of {patch} does not fit into {input.Count} inputs");

    /// <inheritdoc/>
    public override WeightLayerKind Kind => Definition;

    /// <inheritdoc/>
    public override TensorShape Output => TensorShape.Vector(positions);

    /// <inheritdoc/>
    public override int Rows => positions;

    /// <inheritdoc/>
    public override int Columns => patch;

    /// <inheritdoc/>
    public override void Forward<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> z)
    {
        for (var i = 0; i < positions; i++)
            for (var j = 0; j < patch; j++) z[i] += w[i * patch + j] * a[stride * i + j];
    }

    /// <inheritdoc/>
    protected override void Transposed<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> delta, Span<T> below)
    {
        for (var i = 0; i < positions; i++)
            for (var j = 0; j < patch; j++) below[stride * i + j] += w[i * patch + j] * delta[i];
    }

    /// <inheritdoc/>
    protected override void Outer<T>(ReadOnlySpan<T> delta, ReadOnlySpan<T> a, Span<T> gradient)
    {
        for (var i = 0; i < positions; i++)
            for (var j = 0; j < patch; j++) gradient[i * patch + j] += delta[i] * a[stride * i + j];
    }
}
