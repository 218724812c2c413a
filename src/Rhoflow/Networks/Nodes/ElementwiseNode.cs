using System.Numerics;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// A smooth nonlinearity a = σ(z) by its value and two derivatives: all that a network node of another assembly has to say. No degree of
/// homogeneity is claimed for it, so descents train it, and what rests on f(cW) = c^p f(W) says that it does not apply.
/// </summary>
/// <param name="Name">In configs: a word of <c>network.layers</c>, in small letters and '-'.</param>
/// <param name="Formula">σ(z), for lists.</param>
/// <param name="Value">σ.</param>
/// <param name="Slope">σ'.</param>
/// <param name="Second">σ''; exact Hessian products need it.</param>
public sealed record ElementwiseKind(
    string Name, string Formula, Func<double, double> Value, Func<double, double> Slope, Func<double, double> Second)
{
    private static readonly Lock Adding = new();

    /// <summary>tanh z.</summary>
    public static readonly ElementwiseKind Tanh = new("tanh", "tanh z", Math.Tanh, static z => 1 / (Math.Cosh(z) * Math.Cosh(z)),
        static z => -2 * Math.Tanh(z) / (Math.Cosh(z) * Math.Cosh(z)));

    /// <summary>1/(1 + e^−z).</summary>
    public static readonly ElementwiseKind Sigmoid = new("sigmoid", "1/(1 + e^−z)", Logistic, static z => Logistic(z) * Logistic(-z),
        static z => Logistic(z) * Logistic(-z) * (Logistic(-z) - Logistic(z)));

    /// <summary>z for z &gt; 0, else e^z − 1 (Clevert et al. 2016); its second derivative jumps at 0, where that of e^z is taken.</summary>
    public static readonly ElementwiseKind Elu = new("elu", "z for z > 0, else e^z − 1", static z => z > 0 ? z : Expm1(z),
        static z => z > 0 ? 1 : Math.Exp(z), static z => z > 0 ? 0 : Math.Exp(z));

    /// <summary>z Φ(z), Φ the distribution function of N(0, 1) (Hendrycks, Gimpel 2016): σ' = Φ + zφ, σ'' = (2 − z²)φ.</summary>
    public static readonly ElementwiseKind Gelu = new("gelu", "z Φ(z)", static z => z * Normal(z), static z => Normal(z) + z * Density(z),
        static z => (2 - z * z) * Density(z));

    // Replaced as a whole, so that readers need no lock.
    private static volatile ElementwiseKind[] s_all = [Tanh, Sigmoid, Elu, Gelu];

    /// <summary>Whether σ(cz)/c → max(z, 0) for c → ∞; of those of other assemblies it is not known.</summary>
    internal bool IsRectifying => this == Elu || this == Gelu;

    /// <summary>All of them: the library's, then those registered.</summary>
    public static IReadOnlyList<ElementwiseKind> All => s_all;

    /// <summary>Adds one of another assembly, so that configs and lists know it. Thread-safe; once more does nothing.</summary>
    /// <exception cref="ArgumentException">Its name is that of another layer.</exception>
    public static void Register(ElementwiseKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        lock (Adding)
        {
            if (s_all.Contains(kind)) return;
            if (NodeSyntax.All.Any(s => s.Word == kind.Name))
                throw new ArgumentException($"a layer named '{kind.Name}' exists already", nameof(kind));
            s_all = [.. s_all, kind];
        }
    }

    internal NodeSyntax Syntax { get; } = new()
    {
        Word = Name,
        Example = Name,
        Summary = Formula,
        Add = (builder, _) => builder.Then(s_all.First(k => k.Name == Name)),
    };

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static double Logistic(double z) => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));

    // e^z − 1 = tanh(z/2)(e^z + 1), without cancellation.
    private static double Expm1(double z) => Math.Tanh(z / 2) * (Math.Exp(z) + 1);

    private static double Normal(double z) => MathNet.Numerics.SpecialFunctions.Erfc(-z / Math.Sqrt(2)) / 2;

    private static double Density(double z) => Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
}

/// <summary>a = σ(z), elementwise, for a smooth σ without a degree.</summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Sigma">σ.</param>
internal sealed record ElementwiseNode(IReadOnlyList<int> Sources, TensorShape Shape, ElementwiseKind Sigma)
    : Node(Sources, Shape, NodeWindows.None), INodeKind
{
    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax => [.. ElementwiseKind.All.Select(static kind => kind.Syntax)];

    /// <inheritdoc/>
    public override string Kind => Sigma.Name;

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => new()
    {
        WhyNotSequential = null,
        NotLipschitz = Sigma.Name,
        WhyNotElementwise = null,
        WhyShifted = null,
        WhyNoPaths = $"{Sigma.Name} is no such unit",
        IsPiecewiseLinear = false,
        UnitDegree = null,
        KeepsChannels = true,
        RemovesScale = false,
    };

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below)
    {
        if (below[0] is null or 0) return below[0];
        if (walk.IsLeading && Sigma.IsRectifying) return below[0];
        walk.Because($"{Sigma.Name} (node {walk.Number}) is not homogeneous");
        return null;
    }

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below) =>
        below[0]?.Stop($"{walk.Place} follows it, and σ(s z + t) is no multiple of σ(z)");

    internal override double[] PathSums(PathWalk walk, double[][] below) => throw new InvalidOperationException(Traits.WhyNoPaths);

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) => new ElementwiseOperator<T>(Sigma, site.Source, site.Target);
}

public sealed partial class NetworkBuilder
{
    /// <summary>A smooth nonlinearity without a degree of homogeneity, after what stands here.</summary>
    /// <exception cref="ArgumentException">There is no layer yet.</exception>
    public NetworkBuilder Then(ElementwiseKind sigma)
    {
        ArgumentNullException.ThrowIfNull(sigma);
        if (Last == Node.NetworkInput) throw new ArgumentException($"'{sigma}' stands before the first layer of weights");
        return Add(new ElementwiseNode([Last], Shape, sigma));
    }
}

/// <summary>
/// a = σ(z); δ_z = σ'(z) δ; ȧ = σ'(z) ż; δ̇_z = σ'(z) δ̇ + σ''(z) ż δ. The functions are computed in float64.
/// </summary>
internal sealed class ElementwiseOperator<T>(ElementwiseKind sigma, Source<T> source, Slot<T> target) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass)
    {
        var z = source.Slot.Value(pass.Examples);
        var a = target.Value(pass.Examples);
        for (var i = 0; i < z.Length; i++) a[i] = Of(sigma.Value, z[i]);
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        if (source.Slot.Moves) TimesSlope(pass, target.Delta(pass.Examples), source.Slot.Delta(pass.Examples), source.Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass) =>
        TimesSlope(pass, source.Slot.ValueDot(pass.Examples), target.ValueDot(pass.Examples), accumulate: false);

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        TimesSlope(pass, target.DeltaDot(n), source.Slot.DeltaDot(n), source.Accumulate);
        Span<T> z = source.Slot.Value(n), zDot = source.Slot.ValueDot(n), delta = target.Delta(n), result = source.Slot.DeltaDot(n);
        for (var i = 0; i < z.Length; i++) result[i] += Of(sigma.Second, z[i]) * zDot[i] * delta[i];
    }

    private void TimesSlope(in Pass<T> pass, ReadOnlySpan<T> u, Span<T> result, bool accumulate)
    {
        var z = source.Slot.Value(pass.Examples);
        for (var i = 0; i < z.Length; i++)
        {
            var v = Of(sigma.Slope, z[i]) * u[i];
            result[i] = accumulate ? result[i] + v : v;
        }
    }

    private static T Of(Func<double, double> function, T z) => T.CreateTruncating(function(double.CreateTruncating(z)));
}
