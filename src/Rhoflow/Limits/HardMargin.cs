using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>
/// The hard-margin support vector machine, exactly: min ½‖w‖² subject to y_n(w·x_n + b) ≥ 1 (T3 eq. 36, 37, 38, 41; PNAS eq. 15, 16;
/// SQ eq. 25; all for one layer) by a dual active-set method, the final active set solved by QR with refinement. With a bias the
/// constraints are w·(x_i − x_j) ≥ 2 over the pairs of examples of opposite classes: the nearest points of two convex hulls.
/// </summary>
public static class HardMargin
{
    private const double Largest = 1e-12;

    /// <summary>The maximum margin of a binary problem, to 1e-12 (<see cref="HardMarginSolution.KktResidual"/>).</summary>
    /// <param name="binary">Labels ±1; N × d. Nothing is centred or scaled.</param>
    /// <param name="bias">Whether the hyperplane may miss the origin.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="NotSeparableException">No such w exists, or only one with a margin below rounding; carries a
    /// certificate.</exception>
    /// <exception cref="ArithmeticException">The margin is at the limit of what float64 resolves.</exception>
    /// <exception cref="DataException">Labels other than ±1, or a bias with examples of one class only (any margin could be
    /// had).</exception>
    public static HardMarginSolution Solve(Dataset binary, bool bias = false, CancellationToken cancellation = default)
    {
        if (!binary.IsBinary)
        {
            var n = binary.Y.IndexOfAnyExcept(1.0, -1.0);
            throw new DataException(
                $"data '{binary.Name}': a maximum margin needs labels −1 and +1; y[{n}] is {binary.Y[n]}. Choose two classes");
        }
        if (bias && (binary.Y.IndexOf(1.0) < 0 || binary.Y.IndexOf(-1.0) < 0))
            throw new DataException($"data '{binary.Name}': all labels are {binary.Y[0]}; with a bias the margin of one class has no "
                + "maximum. Add the other class, or leave the bias out");
        var (scaled, exponent) = Scaled(binary);
        return Unscaled(SolveScaled(scaled, bias, cancellation), exponent);
    }

    // Inputs of 1e-200 or 1e200 are brought near 1 first, by a power of two, so that α ~ 1/γ² can be formed.
    private static (Dataset Data, int Exponent) Scaled(Dataset data)
    {
        var largest = 0.0;
        foreach (var v in data.X) largest = Math.Max(largest, Math.Abs(v));
        if (largest is 0 or (> 1e-60 and < 1e60)) return (data, 0);
        var e = Math.ILogB(largest);
        return (data.WithInputs([.. data.X.ToArray().Select(v => Math.ScaleB(v, -e))], data.Inputs), e);
    }

    private static HardMarginSolution Unscaled(HardMarginSolution s, int e) => e == 0 ? s
        : new HardMarginSolution(s.Direction.ToArray(), [.. s.MinimumNorm.ToArray().Select(v => Math.ScaleB(v, -e))],
            [.. s.Dual.ToArray().Select(v => Math.ScaleB(Math.ScaleB(v, -e), -e))], [.. s.DualShares])
        {
            Bias = Math.ScaleB(s.Bias, e),
            Margin = Math.ScaleB(s.Margin, e),
            SupportVectors = s.SupportVectors,
            KktResidual = s.KktResidual,
            Multiplicity = s.Multiplicity,
            IsPrecise = s.IsPrecise,
        };

    // In float64 where that certifies itself, else in extended precision if the problem is small enough.
    private static HardMarginSolution SolveScaled(Dataset data, bool bias, CancellationToken cancellation)
    {
        var mayRefine = PreciseMargin.Suits(data);
        IReadOnlyList<LinearConstraint> active = [];
        ArithmeticException? unresolved = null;
        HardMarginSolution? rounded = null;
        try
        {
            var (w, alpha, found) = bias ? SolvePairs(data, cancellation) : SolveOrigin(data, cancellation);
            active = found;
            rounded = Report(data, w, alpha, bias);
            // A weight of 1e-13 is a support vector's or rounding, and decides whether v + c/ρ exists.
            var smallWeight = 1e-12 * rounded.DualShares.ToArray().Max();
            if (!mayRefine || (rounded.KktResidual < 1e-13 && rounded.DualShares.IndexOfAnyInRange(double.Epsilon, smallWeight) < 0))
                return rounded;
        }
        catch (NotSeparableException e)
        {
            // The certificate is to rounding only; whether it is one is decided exactly.
            if (!mayRefine || PreciseMargin.Solve(data, bias, e.Involved, cancellation: cancellation) is null) throw;
            if (PreciseMargin.Solve(data, bias, cancellation: cancellation) is not { } precise) throw;
            return Report(data, precise.W, precise.Alpha, bias) with { IsPrecise = true };
        }
        catch (ArithmeticException e) when (mayRefine) { unresolved = e; }
        try
        {
            if (PreciseMargin.Solve(data, bias, start: active.Select(static c => (c.First, c.Second)), cancellation: cancellation)
                is var (v, a))
                return Report(data, v, a, bias) with { IsPrecise = true };
        }
        catch (ArithmeticException) when (rounded is not null) { }
        return rounded ?? throw unresolved!;
    }

    private static (double[] W, double[] Alpha, IReadOnlyList<LinearConstraint> Active) SolveOrigin(Dataset data,
        CancellationToken cancellation)
    {
        int count = data.Count, d = data.Inputs;
        var z = data.Signed();
        // z_n·w ≥ 1 becomes ẑ_n·ŵ ≥ h_n with ẑ_n = z_n 2^−e_n of norm in [1, 2) and ŵ = w 2^e, e = min e_n: exact, and nothing overflows.
        double[] norms = new double[count], bounds = new double[count];
        var e = new int[count];
        var smallest = int.MaxValue;
        for (var n = 0; n < count; n++)
        {
            var row = z.AsSpan(n * d, d);
            var norm = Vectors.Norm(row);
            if (norm == 0) throw NotSeparable(data, bias: false, [(n, 1)]);
            e[n] = Math.ILogB(norm);
            foreach (ref var v in row) v = Math.ScaleB(v, -e[n]);
            norms[n] = Vectors.Norm(row);
            smallest = Math.Min(smallest, e[n]);
        }
        for (var n = 0; n < count; n++) bounds[n] = Math.ScaleB(1, smallest - e[n]);

        var tolerance = LeastDistance.Tolerance(d);
        var found = LeastDistance.Solve(d, w =>
        {
            var length = Vectors.Norm(w);
            var (furthest, which) = (0.0, -1);
            for (var n = 0; n < count; n++)
            {
                var violation = bounds[n] - Vectors.Dot(z.AsSpan(n * d, d), w);
                if (violation > tolerance * (bounds[n] + norms[n] * length) && violation / norms[n] > furthest)
                    (furthest, which) = (violation / norms[n], n);
            }
            return which < 0 ? null : new LinearConstraint(z.AsSpan(which * d, d).ToArray(), bounds[which], which);
        }, MaxSteps(count, d), cancellation);

        if (!found.Feasible)
            throw NotSeparable(data, bias: false, found.Active.Select((c, k) => (c.First, Math.ScaleB(found.Multipliers[k], -e[c.First]))));
        var alpha = new double[count];
        for (var k = 0; k < found.Active.Count; k++)
            alpha[found.Active[k].First] += Math.ScaleB(found.Multipliers[k], -smallest - e[found.Active[k].First]);
        return ([.. found.W.Select(v => Math.ScaleB(v, -smallest))], alpha, found.Active);
    }

    private static (double[] W, double[] Alpha, IReadOnlyList<LinearConstraint> Active) SolvePairs(Dataset data,
        CancellationToken cancellation)
    {
        int count = data.Count, d = data.Inputs;
        var x = data.X.ToArray();
        var largest = 0.0;
        foreach (var v in x) largest = Math.Max(largest, Math.Abs(v));
        if (largest == 0) throw NotSeparable(data, bias: true, [(data.Y.IndexOf(1.0), 1), (data.Y.IndexOf(-1.0), 1)]);
        var e = Math.ILogB(largest);
        for (var i = 0; i < x.Length; i++) x[i] = Math.ScaleB(x[i], -e);
        var y = data.Y.ToArray();
        var tolerance = LeastDistance.Tolerance(d);

        var found = LeastDistance.Solve(d, w =>
        {
            var (low, plus, high, minus) = (double.PositiveInfinity, -1, double.NegativeInfinity, -1);
            for (var n = 0; n < count; n++)
            {
                var p = Vectors.Dot(x.AsSpan(n * d, d), w);
                if (y[n] > 0 && p < low) (low, plus) = (p, n);
                if (y[n] < 0 && p > high) (high, minus) = (p, n);
            }
            double[] a = x[(plus * d)..((plus + 1) * d)], b = x[(minus * d)..((minus + 1) * d)], g = new double[d];
            for (var i = 0; i < d; i++) g[i] = a[i] - b[i];
            var c = new LinearConstraint(g, 2, plus, minus, a, b);
            // A common offset of both costs w·x digits but not the difference, so this is judged by ‖g‖.
            return c.Violation(w) > tolerance * (2 + c.Norm * Vectors.Norm(w)) ? c : null;
        }, MaxSteps(count, d), cancellation);

        if (!found.Feasible)
            throw NotSeparable(data, bias: true,
                found.Active.SelectMany((c, k) => new[] { (c.First, found.Multipliers[k]), (c.Second, found.Multipliers[k]) }));
        var alpha = new double[count];
        for (var k = 0; k < found.Active.Count; k++)
        {
            var beta = Math.ScaleB(found.Multipliers[k], -2 * e);
            alpha[found.Active[k].First] += beta;
            alpha[found.Active[k].Second] += beta;
        }
        return ([.. found.W.Select(v => Math.ScaleB(v, -e))], alpha, found.Active);
    }

    private static int MaxSteps(int count, int d) => 1000 + 100 * (count + d);

    private static HardMarginSolution Report(Dataset data, double[] w, double[] alpha, bool bias)
    {
        int count = data.Count, d = data.Inputs;
        var z = data.Signed();
        var norm = Vectors.Norm(w);
        var projections = new double[count];
        for (var n = 0; n < count; n++) projections[n] = Compensated.Dot(data.Example(n), w);
        var b = bias ? Middle(data, projections, w) : 0;

        double primal = 0, complementarity = 0, scaleSum = 0, alphaSize = 0, alphaSum = 0, balance = 0;
        var support = new List<int>();
        var smallest = double.PositiveInfinity;
        for (var n = 0; n < count; n++)
        {
            var size = Vectors.Norm(data.Example(n));
            // What this example's own terms can leave as rounding: a column of 1e7 that w hardly uses widens nobody's margin.
            var scale = 1 + Terms(data.Example(n), w) + Math.Abs(b);
            var excess = data.Y[n] * (projections[n] + b) - 1;
            smallest = Math.Min(smallest, 1 + excess);
            primal = Math.Max(primal, -excess / scale);
            if (excess <= Largest * scale) support.Add(n);
            complementarity += alpha[n] * Math.Abs(excess);
            scaleSum += alpha[n] * scale;
            alphaSize += alpha[n] * size;
            alphaSum += alpha[n];
            balance += alpha[n] * data.Y[n];
        }
        var rest = new double[d];
        var column = new double[count];
        for (var i = 0; i < d; i++)
        {
            for (var n = 0; n < count; n++) column[n] = z[n * d + i];
            rest[i] = Compensated.Dot(column, alpha, -w[i]);
        }
        var stationarity = Vectors.Norm(rest) / (norm + alphaSize);
        var residual = Math.Max(Math.Max(stationarity, primal), complementarity / scaleSum);
        if (bias) residual = Math.Max(residual, Math.Abs(balance) / alphaSum);
        if (!(residual <= Largest))
            throw new ArithmeticException($"data '{data.Name}': the maximum margin could not be found to 1e-12 (KKT residual "
                + $"{residual:g3}); the margin, about {1 / norm:g3}, is at the limit of what float64 resolves. Scale the inputs to "
                + "similar sizes");

        return new HardMarginSolution([.. w.Select(v => v / norm)], w, alpha, [.. alpha.Select(v => v / alphaSum)])
        {
            Bias = b / norm,
            Margin = smallest / norm,
            SupportVectors = support,
            KktResidual = residual,
            // Through the origin the examples that carry weight are linearly independent, however nearly they coincide.
            Multiplicity = support.Count - Math.Max(Rank(z, data, support, bias), bias ? 0 : alpha.Count(static v => v > 0)),
        };
    }

    // Σ_i |x_i w_i|
    private static double Terms(ReadOnlySpan<double> x, ReadOnlySpan<double> w)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++) sum += Math.Abs(x[i] * w[i]);
        return sum;
    }

    // Midway between the classes. Where rounding leaves no gap between them the error is shared in proportion to the size of the
    // examples: w·x of a large one is known to fewer decimals than that of a small one.
    private static double Middle(Dataset data, double[] projections, double[] w)
    {
        (double Low, double High) Interval(double tolerance)
        {
            var (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
            for (var n = 0; n < projections.Length; n++)
            {
                var slack = tolerance * (1 + Terms(data.Example(n), w));
                if (data.Y[n] > 0) low = Math.Max(low, 1 - projections[n] - slack);
                else high = Math.Min(high, -1 - projections[n] + slack);
            }
            return (low, high);
        }
        var (low, high) = Interval(0);
        if (low > high)
        {
            double none = 0, enough = 1e-17;
            while (enough < 1 && Interval(enough) is var (l, h) && l > h) (none, enough) = (enough, 2 * enough);
            for (var step = 0; step < 20; step++)
            {
                var middle = (none + enough) / 2;
                var (a, b) = Interval(middle);
                if (a > b) none = middle;
                else enough = middle;
            }
            (low, high) = Interval(enough);
        }
        return (low + high) / 2;
    }

    // Columns are brought to one size first, which changes no rank: beside a column of 1e7 one of 1e-6 would pass for rounding.
    private static int Rank(double[] z, Dataset data, List<int> support, bool bias)
    {
        int d = data.Inputs, rows = bias ? d + 1 : d;
        var exponents = new int[d];
        for (var i = 0; i < d; i++)
        {
            var largest = support.Max(n => Math.Abs(z[n * d + i]));
            exponents[i] = largest == 0 ? 0 : Math.ILogB(largest);
        }
        var qr = new UpdatableQr(rows);
        double[] column = new double[rows], coefficients = new double[rows], rest = new double[rows];
        foreach (var n in support)
        {
            for (var i = 0; i < d; i++) column[i] = Math.ScaleB(z[n * d + i], -exponents[i]);
            if (bias) column[d] = data.Y[n];
            if (qr.Count == rows) break;
            qr.Project(column, coefficients, rest);
            if (Vectors.Norm(rest) > 1e-11 * Vectors.Norm(column)) qr.Append(coefficients, rest);
        }
        return qr.Count;
    }

    private static NotSeparableException NotSeparable(Dataset data, bool bias, IEnumerable<(int Example, double Weight)> parts)
    {
        int count = data.Count, d = data.Inputs;
        var c = new double[count];
        foreach (var (n, weight) in parts) c[n] += weight;
        var sum = c.Sum();
        for (var n = 0; n < count; n++) c[n] /= sum;
        var size = 0.0;
        double[] total = new double[d], column = new double[count];
        var z = data.Signed();
        for (var n = 0; n < count; n++) size += c[n] * Vectors.Norm(data.Example(n));
        for (var i = 0; i < d; i++)
        {
            for (var n = 0; n < count; n++) column[n] = z[n * d + i];
            total[i] = Compensated.Dot(column, c);
        }
        return new NotSeparableException(data.Name, bias, c, size == 0 ? 0 : Vectors.Norm(total) / size);
    }
}
