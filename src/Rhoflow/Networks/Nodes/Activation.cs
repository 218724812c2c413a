namespace Rhoflow.Networks;

/// <summary>The coordinate-wise nonlinearities whose networks are positively homogeneous.</summary>
public enum ActivationKind
{
    /// <summary>σ(z) = z.</summary>
    Identity,

    /// <summary>max(0, z).</summary>
    ReLU,

    /// <summary>z for z &gt; 0, a multiple of z otherwise.</summary>
    LeakyReLU,

    /// <summary>z^p.</summary>
    Power,
}

/// <summary>
/// σ with σ(cz) = c^p σ(z) for c &gt; 0. ReLU and leaky ReLU have p = 1 (T3 §2: σ(z) = σ'(z) z); z^p has degree p.
/// At its kink (z = 0) a ReLU's derivative is taken as 0, a leaky ReLU's as its slope.
/// </summary>
/// <param name="Kind">Which nonlinearity.</param>
/// <param name="Parameter">The negative slope of a leaky ReLU, the integer exponent of a power; otherwise unused.</param>
public readonly record struct Activation(ActivationKind Kind, double Parameter = 0)
{
    /// <summary>σ(z) = z.</summary>
    public static readonly Activation Identity = new(ActivationKind.Identity);
    /// <summary>max(0, z).</summary>
    public static readonly Activation ReLU = new(ActivationKind.ReLU);

    /// <summary>z for z &gt; 0, <paramref name="slope"/>·z otherwise.</summary>
    public static Activation LeakyReLU(double slope = 0.01) => double.IsFinite(slope)
        ? new(ActivationKind.LeakyReLU, slope)
        : throw new ArgumentOutOfRangeException(nameof(slope), slope, "the slope of a leaky ReLU must be finite");

    /// <summary>z^<paramref name="p"/>, p = 1, 2, 3 ….</summary>
    public static Activation Power(int p) => p >= 1
        ? new(ActivationKind.Power, p)
        : throw new ArgumentOutOfRangeException(nameof(p), p, "the exponent of a power unit must be an integer ≥ 1");

    /// <summary>p, the degree of homogeneity.</summary>
    public int Degree => Kind == ActivationKind.Power ? (int)Parameter : 1;

    /// <summary>True where the derivative jumps at z = 0.</summary>
    public bool HasKink => Kind is ActivationKind.ReLU or ActivationKind.LeakyReLU;

    /// <summary>a ← σ(z) and d ← σ'(z), elementwise.</summary>
    public void Apply(ReadOnlySpan<double> z, Span<double> a, Span<double> d)
    {
        switch (Kind)
        {
            case ActivationKind.Identity:
                z.CopyTo(a);
                d.Fill(1);
                break;
            case ActivationKind.ReLU:
            case ActivationKind.LeakyReLU:
                var slope = Kind == ActivationKind.ReLU ? 0 : Parameter;
                Rectify(z, a, d, slope);
                break;
            default:
                for (var i = 0; i < z.Length; i++)
                {
                    d[i] = Parameter * Math.Pow(z[i], Parameter - 1);
                    a[i] = Math.Pow(z[i], Parameter);
                }
                break;
        }
    }

    /// <summary>σ''(z); 0 almost everywhere for ReLU (T3 eq. 5).</summary>
    public double Second(double z) => Kind == ActivationKind.Power && Parameter > 1
        ? Parameter * (Parameter - 1) * Math.Pow(z, Parameter - 2)
        : 0;

    private static void Rectify(ReadOnlySpan<double> z, Span<double> a, Span<double> d, double slope)
    {
        var width = System.Numerics.Vector<double>.Count;
        var i = 0;
        var one = System.Numerics.Vector<double>.One;
        var low = new System.Numerics.Vector<double>(slope);
        for (; i <= z.Length - width; i += width)
        {
            var v = new System.Numerics.Vector<double>(z[i..]);
            var derivative = System.Numerics.Vector.ConditionalSelect(
                System.Numerics.Vector.GreaterThan(v, System.Numerics.Vector<double>.Zero), one, low);
            derivative.CopyTo(d[i..]);
            (derivative * v).CopyTo(a[i..]);
        }
        for (; i < z.Length; i++)
        {
            d[i] = z[i] > 0 ? 1 : slope;
            a[i] = d[i] * z[i];
        }
    }

    /// <summary>The word of configs, with its parameter.</summary>
    public override string ToString() => Kind switch
    {
        ActivationKind.Identity => "linear",
        ActivationKind.ReLU => "relu",
        ActivationKind.LeakyReLU => $"leaky-relu({Parameter})",
        _ => $"power({Parameter})",
    };
}
