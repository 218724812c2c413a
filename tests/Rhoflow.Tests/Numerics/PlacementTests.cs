using Rhoflow.Losses;
using Rhoflow.Measures.NormalizedLoss;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

/// <summary>
/// The same numbers give the same bits wherever their array lies: vectors begin at other elements there, and nothing may depend on which
/// numbers share one. Spreads of some thousands put single terms below the smallest double.
/// </summary>
public class PlacementTests
{
    // What is computed of numbers and signs, with room for as many results.
    private delegate long Computation(ReadOnlySpan<double> a, ReadOnlySpan<double> signs, Span<double> room);

    private static readonly Dictionary<string, Computation> Computations = new()
    {
        ["dot"] = static (a, signs, _) => Bits(Vectors.Dot(a, signs)),
        ["norm"] = static (a, _, _) => Bits(Vectors.Norm(a)),
        ["precise dot"] = static (a, signs, _) => Bits(Precise.Dot(a, signs)),
        ["log-sum-exp"] = static (a, _, _) => Bits(Vectors.LogSumExp(a)),
        ["exponentials"] = static (a, _, room) =>
        {
            for (var i = 0; i < a.Length; i++) room[i] = -Math.Abs(a[i]);
            Vectors.ExpOfNegatives(room);
            return Bits(room);
        },
        ["exponential"] = static (a, signs, room) => Bits(Loss.Exponential.Evaluate(a, signs, room).LogLoss) ^ Bits(room),
        ["logistic"] = static (a, signs, room) => Bits(Loss.Logistic.Evaluate(a, signs, room).LogLoss) ^ Bits(room),
        ["square"] = static (a, signs, room) => Bits(Loss.Square.Evaluate(a, signs, room).LogLoss) ^ Bits(room),
        ["cross-entropy"] = static (a, _, room) => Bits(Loss.CrossEntropy.Evaluate(a, Classes(a), 10, room).LogLoss) ^ Bits(room),
        ["normalized logistic"] = static (a, signs, _) => Bits(NormalizedLosses.LogCrossEntropy(a, signs, 1, 1.5)),
        ["normalized cross-entropies"] = static (a, _, _) => Bits(NormalizedLosses.LogCrossEntropies(a, Classes(a), 10, [0.25, 1, 4, 16])),
    };

    public static readonly TheoryData<string> Names = [.. Computations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bits_do_not_depend_on_addresses(string name)
    {
        var random = new Random(7);
        foreach (var scale in (double[])[1, 30, 900])
            foreach (var count in (int[])[10, 40, 100, 360, 2000])
            {
                double[] a = [.. Problems.Normal(random, count).Select(v => scale * v)], signs =
                    [.. Enumerable.Range(0, count).Select(_ => random.Next(2) * 2 - 1.0)];
                Enumerable.Range(0, 16).Select(at =>
                    Computations[name](Moved(a, at), Moved(signs, at / 2), Moved(new double[count], at / 4))).Distinct().Count()
                    .ShouldBe(1, $"{name} of {count} numbers of size {scale}");
            }
    }

    [Fact]
    public void Exponentials_are_those_of_the_definition_and_zero_where_negligible()
    {
        double[] x = [.. Enumerable.Range(0, 2001).Select(static i => -0.4 * i), double.NegativeInfinity], e = [.. x];
        Vectors.ExpOfNegatives(e);
        for (var i = 0; i < x.Length; i++)
            if (Math.Exp(x[i]) < 1e-307) e[i].ShouldBe(0);
            else e[i].ShouldBe(Math.Exp(x[i]), 2e-15 * Math.Exp(x[i]));
        double[] none = [-1, double.NaN];
        Vectors.ExpOfNegatives(none);
        double.IsNaN(none[1]).ShouldBeTrue();
    }

    private static double[] Classes(ReadOnlySpan<double> outputs) =>
        [.. Enumerable.Range(0, outputs.Length / 10).Select(static n => n % 10.0)];

    // Every bit of every number.
    private static long Bits(params ReadOnlySpan<double> x)
    {
        var bits = 0L;
        foreach (var v in x) bits = unchecked(bits * 6364136223846793005 + BitConverter.DoubleToInt64Bits(v));
        return bits;
    }

    private static Span<double> Moved(double[] a, int by)
    {
        var moved = new double[a.Length + by];
        a.CopyTo(moved, by);
        return moved.AsSpan(by);
    }
}
