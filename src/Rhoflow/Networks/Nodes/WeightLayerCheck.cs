using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// Whether a <see cref="WeightLayer"/> keeps to what it says, on one random example: sizes, adding instead of overwriting, degrees, and its
/// derivatives against central differences of what they are derivatives of, along random directions. In float64; a dozen passes.
/// </summary>
internal sealed class WeightLayerCheck
{
    private const double Step = 1e-6, Tolerance = 1e-5, Scale = 1.7;

    // What rounding leaves of a difference, over the size of what is differenced: 1e-16/Step, with room.
    private const double Rounding = 1e-8;

    // A kink between the two points of a difference is no contradiction, and is not met three times.
    private const int Draws = 3;

    private readonly WeightLayer _layer;
    private readonly double[] _w, _a, _wDot, _aDot, _delta;

    private WeightLayerCheck(WeightLayer layer, int inputs, RandomStream random)
    {
        double[] Drawn(int count)
        {
            var x = new double[count];
            foreach (ref var v in x.AsSpan()) v = random.NextNormal();
            return x;
        }
        _layer = layer;
        (_w, _a, _delta) = (Drawn(layer.Rows * layer.Columns), Drawn(inputs), Drawn(layer.Output.Count));
        (_wDot, _aDot) = (Drawn(_w.Length), Drawn(inputs));
    }

    /// <summary>Tries it.</summary>
    /// <exception cref="ArgumentException">It does not: the sentence says in what.</exception>
    public static void Require(WeightLayer layer, TensorShape input)
    {
        if (layer is null) throw new ArgumentException("a layer was to be made, and there is none (null)");
        if (layer.Kind is null) throw new ArgumentException($"{layer.GetType().Name} does not say of which kind it is: Kind is null");
        var place = $"layer '{layer.Kind.Name}' after {input}";
        if (layer.Rows < 1 || layer.Columns < 1)
            throw new ArgumentException($"{place}: it needs Rows and Columns of at least 1; {layer.Rows} × {layer.Columns} were given");
        var output = layer.Output;
        if (output.Height < 1 || output.Width < 1 || output.Channels < 1)
            throw new ArgumentException($"{place}: its Output is {output}, and every side has to be at least 1");
        _ = checked(layer.Rows * layer.Columns);
        string? wrong = null;
        var random = new RandomStream(seed: 20190812);
        try
        {
            for (var draw = 0; draw < Draws; draw++)
                if ((wrong = new WeightLayerCheck(layer, input.Count, random).Wrong()) is null) return;
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or DivideByZeroException or NullReferenceException
            or NotImplementedException or NotSupportedException)
        {
            throw new ArgumentException($"{place} → {output} with {layer.Rows} × {layer.Columns} weights fails: {e.Message.TrimEnd('.')}",
                e);
        }
        throw new ArgumentException($"{place}: {wrong}");
    }

    private bool IsBilinear => _layer is BilinearLayer;

    private string? Wrong() => WhyNotAdding() ?? WhyNotHomogeneous() ?? WhyNotFirst() ?? WhyNotSecond();

    private string? WhyNotAdding()
    {
        string? Adds(string name, Action<double[], double[]> method, int first, int second)
        {
            double[] once = new double[first], other = new double[second], twice = new double[first], otherTwice = new double[second];
            method(once, other);
            method(twice, otherTwice);
            method(twice, otherTwice);
            return Agree(Times(2, once), twice) && Agree(Times(2, other), otherTwice) ? null
                : $"{name} has to add to what it writes to, and called twice it does not give twice as much";
        }
        return Adds("Forward", (z, _) => _layer.Forward<double>(_w, _a, z), _delta.Length, 0)
            ?? (IsBilinear ? null : Adds("JacobianVectorProduct", (z, _) =>
                _layer.JacobianVectorProduct<double>(_w, _a, _wDot, _aDot, z), _delta.Length, 0))
            ?? Adds(Backward, (below, gradient) => _layer.VectorJacobianProduct<double>(_w, _a, _delta, below, gradient), _a.Length,
                _w.Length)
            ?? (IsBilinear ? null : Adds("SecondDerivative", (below, gradient) =>
                _layer.SecondDerivative<double>(_w, _a, _wDot, _aDot, _delta, below, gradient), _a.Length, _w.Length));
    }

    private string Backward => IsBilinear ? "Transposed or Outer" : "VectorJacobianProduct";

    private string? WhyNotHomogeneous()
    {
        string? Of(int? degree, double[] scaled, string name, string what) =>
            degree is not { } e || Agree(Times(Math.Pow(Scale, e), Forward(_w, _a)), scaled) ? null
            : IsBilinear ? $"a BilinearLayer is linear in {what}, and its Forward is not"
            : $"{name} is {e}, and with {what} times {Scale} its Forward is not {Scale}^{e} times what it was";
        return Of(_layer.WeightDegree, Forward(Times(Scale, _w), _a), "WeightDegree", "its weights")
            ?? Of(_layer.InputDegree, Forward(_w, Times(Scale, _a)), "InputDegree", "its input");
    }

    // ġ by differences of Forward; δ·ġ once more from behind.
    private string? WhyNotFirst()
    {
        foreach (var (wDot, aDot, what, method) in Directions())
        {
            var zDot = new double[_delta.Length];
            _layer.JacobianVectorProduct<double>(_w, _a, wDot, aDot, zDot);
            var differences = Difference(Forward, wDot, aDot);
            if (!Agree(differences, zDot, Rounding * Vectors.Norm(Forward(_w, _a))))
                return IsBilinear ? $"a BilinearLayer is linear in its {what}, and its Forward is not"
                    : $"its JacobianVectorProduct by its {what} is not the derivative of its Forward";
            double[] below = new double[_a.Length], gradient = new double[_w.Length];
            _layer.VectorJacobianProduct<double>(_w, _a, _delta, below, gradient);
            double forward = Vectors.Dot(_delta, differences), backward = Vectors.Dot(below, aDot) + Vectors.Dot(gradient, wDot);
            if (!(Math.Abs(forward - backward) <= Vectors.Norm(_delta)
                * (Tolerance * Vectors.Norm(differences) + Rounding * Vectors.Norm(Forward(_w, _a)))))
                return FormattableString.Invariant($"its {method} is not the derivative by its {what}: along a random direction it gives ")
                    + FormattableString.Invariant($"{backward:g6}, and differences of its Forward give {forward:g6}");
        }
        return null;
    }

    private string? WhyNotSecond()
    {
        double[] Back(double[] w, double[] a)
        {
            double[] below = new double[_a.Length], gradient = new double[_w.Length];
            _layer.VectorJacobianProduct<double>(w, a, _delta, below, gradient);
            return [.. below, .. gradient];
        }
        foreach (var (wDot, aDot, what, _) in Directions())
        {
            double[] below = new double[_a.Length], gradient = new double[_w.Length];
            _layer.SecondDerivative<double>(_w, _a, wDot, aDot, _delta, below, gradient);
            if (!Agree(Difference(Back, wDot, aDot), [.. below, .. gradient], Rounding * Vectors.Norm(Back(_w, _a))))
                return $"its {(IsBilinear ? Backward : "SecondDerivative")} by its {what} is not the derivative of its "
                    + "VectorJacobianProduct";
        }
        return null;
    }

    private (double[] WDot, double[] ADot, string What, string Method)[] Directions() =>
    [
        (_wDot, new double[_a.Length], "weights", IsBilinear ? "Outer" : "VectorJacobianProduct"),
        (new double[_w.Length], _aDot, "input", IsBilinear ? "Transposed" : "VectorJacobianProduct"),
    ];

    private double[] Forward(double[] w, double[] a)
    {
        var z = new double[_delta.Length];
        _layer.Forward<double>(w, a, z);
        return z;
    }

    private double[] Difference(Func<double[], double[], double[]> of, double[] wDot, double[] aDot)
    {
        double[] After(double step) => of(Moved(_w, step, wDot), Moved(_a, step, aDot));
        return [.. After(Step).Zip(After(-Step), static (after, before) => (after - before) / (2 * Step))];
    }

    private static double[] Moved(double[] x, double step, double[] direction) => [.. x.Zip(direction, (v, d) => v + step * d)];

    private static double[] Times(double c, double[] x) => Array.ConvertAll(x, v => c * v);

    // Numbers that are not finite agree with nothing.
    private static bool Agree(double[] expected, double[] given, double rounding = 0) => given.Length == expected.Length
        && Vectors.Distance(expected, given) <= Tolerance * (Vectors.Norm(expected) + Vectors.Norm(given)) + rounding;
}
