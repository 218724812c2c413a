using System.Numerics;
using FsCheck.Fluent;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks.Passes;

public class GraphPassesTests
{
    private const double H = 1e-5;

    public static IEnumerable<TheoryDataRow<string>> Names => NetworkTable.Names.Select(n => new TheoryDataRow<string>(n));

    public static IEnumerable<TheoryDataRow<string, NormalizeBy>> NamesAndModes => NetworkTable.Names.SelectMany(n =>
        NetworkTable.Get(n).StatisticsCount == 0 ? [new TheoryDataRow<string, NormalizeBy>(n, NormalizeBy.Batch)]
            : (TheoryDataRow<string, NormalizeBy>[])[new(n, NormalizeBy.Batch), new(n, NormalizeBy.Running)]);

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Outputs_are_those_of_the_loops_and_gradients_their_finite_differences(string name, NormalizeBy by) =>
        CheckGradient(new Trial(NetworkTable.Get(name), 3), by);

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Derivatives_along_a_direction_are_finite_differences(string name, NormalizeBy by) =>
        CheckDirection(new Trial(NetworkTable.Get(name), 4), by);

    [Fact]
    public void Random_networks_too() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var trial = new Trial(NetworkTable.Random(new Random(seed)), seed, examples: 5);
            var by = seed % 4 == 0 ? NormalizeBy.Running : NormalizeBy.Batch;
            CheckGradient(trial, by, parameters: 20);
            CheckDirection(trial, by);
        }));

    [Theory]
    [MemberData(nameof(Names))]
    public void Hessians_are_symmetric(string name)
    {
        var trial = new Trial(NetworkTable.Get(name), 5);
        var zero = new double[trial.C.Length];
        using var run = new Run<double>(trial);
        run.Forward();
        double[] hu = run.HessianVector(trial.U, trial.C, zero), hv = run.HessianVector(trial.V, trial.C, zero);
        double left = Vectors.Dot(trial.V, hu), right = Vectors.Dot(trial.U, hv);
        left.ShouldBe(right, 1e-11 * (1 + Vectors.Norm(trial.U) * Vectors.Norm(hv) + Vectors.Norm(trial.V) * Vectors.Norm(hu)));
        if (trial.Network.Depth > 1) Vectors.Norm(hu).ShouldBeGreaterThan(1e-3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Float32_agrees_with_float64(string name)
    {
        var trial = new Trial(NetworkTable.Get(name), 6);
        using var exact = new Run<double>(trial);
        using var single = new Run<float>(trial);
        exact.Forward();
        single.Forward();
        Close(single.Outputs, exact.Outputs);
        Close(single.Gradient(trial.C), exact.Gradient(trial.C));
        Close(single.HessianVector(trial.U, trial.C, trial.CDot), exact.HessianVector(trial.U, trial.C, trial.CDot));
        Close(single.Statistics, exact.Statistics);
        static void Close(double[] found, double[] expected)
        {
            var scale = 1e-4 * expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
            for (var i = 0; i < expected.Length; i++) found[i].ShouldBe(expected[i], scale + 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_change_no_bit(string name)
    {
        Check<double>(new Trial(NetworkTable.Get(name), 7, examples: 37));
        Check<float>(new Trial(NetworkTable.Get(name), 8, examples: 37));
        static void Check<T>(Trial trial) where T : unmanaged, IFloatingPointIeee754<T>
        {
            double[][]? first = null;
            foreach (var threads in (int[])[1, 2, 3])
            {
                using var run = new Run<T>(trial, threads);
                var all = run.Everything();
                first ??= all;
                for (var i = 0; i < all.Length; i++) all[i].ShouldBe(first[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shared_minibatch_changes_no_bit(string name)
    {
        Check<double>(new Trial(NetworkTable.Get(name), 9, examples: 11));
        Check<float>(new Trial(NetworkTable.Get(name), 9, examples: 11));
        static void Check<T>(Trial trial) where T : unmanaged, IFloatingPointIeee754<T>
        {
            using Run<T> alone = new(trial), shared = new(trial, shared: true);
            double[][] expected = alone.Everything(), found = shared.Everything();
            for (var i = 0; i < found.Length; i++) found[i].ShouldBe(expected[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_second_step_allocates_nothing(string name)
    {
        var trial = new Trial(NetworkTable.Get(name), 10);
        using var team = new Team();
        var propagation = new GraphPasses<float>(trial.Network, trial.Examples, team);
        var batch = new Minibatch<float>(trial.Network.Input, trial.Examples, shared: true, team);
        float[] x = Single(trial.X), theta = Single(trial.Theta), direction = Single(trial.U), c = Single(trial.C), gradient =
            new float[theta.Length];
        double[] statistics = [.. trial.Running], y = new double[trial.Examples];
        int[] indices = [.. Enumerable.Range(0, trial.Examples).Reverse()];
        AllocationCount.Of(Step).ShouldBe(0);
        void Step()
        {
            batch.Gather(x, y, indices);
            propagation.Forward(theta, batch, NormalizeBy.Batch, statistics);
            propagation.VectorJacobianProduct(theta, c, gradient);
            propagation.JacobianVectorProduct(theta, direction);
            propagation.HessianVectorProduct(theta, direction, c, c, gradient);
        }
    }

    [Fact]
    public void Chains_agree_with_the_passes_of_flows() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var r = new RandomNetwork(seed);
            var flow = new ChainPasses(r.Net, r.X, r.Examples);
            using var team = new Team();
            var batch = new Minibatch<double>(r.Net.Input, r.Examples + 3, shared: false, team);
            batch.GatherRange(r.X, r.Y, 0, r.Examples);
            var propagation = new GraphPasses<double>(r.Net, r.Examples + 3, team);
            double[] c = Problems.Normal(new Random(seed), r.Examples), cDot = Problems.Normal(new Random(seed + 1), r.Examples);
            double[] expected = new double[r.Theta.Length], found = new double[r.Theta.Length];
            flow.Forward(r.Theta);
            propagation.Forward(r.Theta, batch);
            Same(propagation.Outputs.ToArray(), flow.Outputs.ToArray());
            flow.VectorJacobianProduct(r.Theta, c, expected);
            propagation.VectorJacobianProduct(r.Theta, c, found);
            Same(found, expected);
            Same(propagation.JacobianVectorProduct(r.Theta, r.Direction).ToArray(),
                flow.JacobianVectorProduct(r.Theta, r.Direction).ToArray());
            flow.HessianVectorProduct(r.Theta, r.Direction, c, cDot, expected);
            propagation.HessianVectorProduct(r.Theta, r.Direction, c, cDot, found);
            Same(found, expected);
        }));

    private static void Same(double[] found, double[] expected)
    {
        var tolerance = 1e-13 * (1 + Vectors.Norm(expected));
        for (var i = 0; i < expected.Length; i++) found[i].ShouldBe(expected[i], tolerance);
    }

    private static float[] Single(double[] values) => [.. values.Select(v => (float)v)];

    private static void CheckGradient(Trial trial, NormalizeBy by, int parameters = 100)
    {
        var running = by == NormalizeBy.Running ? trial.Running : null;
        using var run = new Run<double>(trial, by: by);
        var reference = new ReferenceNodes(trial.Network);
        var expected = reference.Run(trial.Theta, trial.X, trial.Examples, running);
        var pattern = reference.Pattern.ToArray();
        run.Forward();
        run.Outputs.ShouldBe(expected[^1], 1e-12 * (1 + Vectors.Norm(expected[^1])));
        var gradient = run.Gradient(trial.C);
        var tolerance = 1e-7 * (1 + Vectors.Norm(gradient) + Vectors.Norm(expected[^1]));
        var random = new Random(1);
        var smooth = 0;
        var indices = trial.Theta.Length <= parameters ? Enumerable.Range(0, trial.Theta.Length)
            : Enumerable.Range(0, parameters).Select(_ => random.Next(trial.Theta.Length));
        foreach (var i in indices)
        {
            double near = Slope(H), far = Slope(2 * H);
            if (double.IsNaN(near) || double.IsNaN(far)) continue;
            smooth++;
            gradient[i].ShouldBe(near, tolerance + Math.Abs(far - near), $"parameter {i} of {trial}");
            double Slope(double h) => (Weighted(h) - Weighted(-h)) / (2 * h);
            double Weighted(double h)
            {
                var moved = (double[])trial.Theta.Clone();
                moved[i] += h;
                var f = reference.Run(moved, trial.X, trial.Examples, running)[^1];
                return reference.Pattern.SequenceEqual(pattern) ? Vectors.Dot(trial.C, f) : double.NaN;
            }
        }
        smooth.ShouldBeGreaterThan(0);
    }

    private static void CheckDirection(Trial trial, NormalizeBy by)
    {
        var running = by == NormalizeBy.Running ? trial.Running : null;
        using var run = new Run<double>(trial, by: by);
        var direction = trial.U.Select(u => u / Vectors.Norm(trial.U)).ToArray();
        if (!IsSmooth()) return;
        var (near, far) = (Differences(H), Differences(2 * H));
        run.Forward();
        Close(run.Tangent(direction), near.F, far.F);
        var second = run.HessianVector(direction, trial.C, trial.CDot);
        Close(second, near.G, far.G);
        foreach (var weights in (double[][])[trial.C, trial.CDot])                     // other passes in between leave nothing behind
        {
            _ = run.Gradient(weights);
            run.HessianVector(direction, trial.C, trial.CDot).ShouldBe(second);
        }

        (double[] F, double[] G) Differences(double h)
        {
            double[] plus = Moved(trial.Theta, h, direction), minus = Moved(trial.Theta, -h, direction);
            run.Forward(plus);
            double[] f = run.Outputs, g = run.Gradient(Moved(trial.C, h, trial.CDot), plus);
            run.Forward(minus);
            return (Scaled(Moved(f, -1, run.Outputs), h), Scaled(Moved(g, -1, run.Gradient(Moved(trial.C, -h, trial.CDot), minus)), h));
        }

        bool IsSmooth()
        {
            var reference = new ReferenceNodes(trial.Network);
            var patterns = new List<int[]>();
            foreach (var h in (double[])[-2 * H, -H, H, 2 * H])
            {
                reference.Run(Moved(trial.Theta, h, direction), trial.X, trial.Examples, running);
                patterns.Add([.. reference.Pattern]);
            }
            return patterns.TrueForAll(p => p.SequenceEqual(patterns[0]));
        }
    }

    // Beside rounding, a difference quotient is off by a share of how much it still changes with h.
    private static void Close(double[] exact, double[] near, double[] far)
    {
        var tolerance = 3e-7 * (1 + Vectors.Norm(exact)) + Vectors.Norm(Moved(far, -1, near));
        for (var i = 0; i < exact.Length; i++) exact[i].ShouldBe(near[i], tolerance, $"number {i}");
    }

    private static double[] Scaled(double[] difference, double h) => [.. difference.Select(v => v / (2 * h))];

    private static double[] Moved(double[] a, double c, double[] b) => [.. a.Zip(b, (u, v) => u + c * v)];
}

/// <summary>A trial run by <see cref="GraphPasses{T}"/>, its results as doubles.</summary>
internal sealed class Run<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Trial _trial;
    private readonly Team _team;
    private readonly GraphPasses<T> _propagation;
    private readonly Minibatch<T> _batch;
    private readonly NormalizeBy _by;

    public Run(Trial trial, int threads = 1, bool shared = false, NormalizeBy by = NormalizeBy.Batch)
    {
        (_trial, _by, _team) = (trial, by, new Team(threads));
        // More room than examples, as in the last minibatch of an epoch.
        _propagation = new GraphPasses<T>(trial.Network, trial.Examples + 2, _team);
        _batch = new Minibatch<T>(trial.Network.Input, trial.Examples + 1, shared, _team);
        _batch.Gather(To(trial.X), [], [.. Enumerable.Range(0, trial.Examples)]);
        Statistics = [.. trial.Running];
    }

    public double[] Statistics { get; }
    public double[] Outputs => From(_propagation.Outputs);

    public void Forward(double[]? theta = null) => _propagation.Forward(To(theta ?? _trial.Theta), _batch, _by, Statistics);

    public double[] Gradient(double[] c, double[]? theta = null)
    {
        var gradient = new T[_trial.Theta.Length];
        gradient.AsSpan().Fill(T.NaN);                        // everything is written
        _propagation.VectorJacobianProduct(To(theta ?? _trial.Theta), To(c), gradient);
        return From(gradient);
    }

    public double[] Tangent(double[] direction) => From(_propagation.JacobianVectorProduct(To(_trial.Theta), To(direction)));

    public double[] HessianVector(double[] direction, double[] c, double[] cDot, double[]? theta = null)
    {
        var result = new T[_trial.Theta.Length];
        result.AsSpan().Fill(T.NaN);
        _propagation.JacobianVectorProduct(To(theta ?? _trial.Theta), To(direction));
        _propagation.HessianVectorProduct(To(theta ?? _trial.Theta), To(direction), To(c), To(cDot), result);
        return From(result);
    }

    public double[][] Everything()
    {
        Forward();
        return [Outputs, Statistics, Gradient(_trial.C), Tangent(_trial.U), HessianVector(_trial.U, _trial.C, _trial.CDot)];
    }

    public void Dispose() => _team.Dispose();

    private static T[] To(double[] values) => [.. values.Select(T.CreateTruncating)];
    private static double[] From(ReadOnlySpan<T> values)
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++) result[i] = double.CreateTruncating(values[i]);
        return result;
    }
}
