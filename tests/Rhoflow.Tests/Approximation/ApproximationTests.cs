using Rhoflow.Approximation;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Approximation;

public sealed class ApproximationTests
{
    private static readonly LocalFunction H = static x => Math.Sin(1.5 * x[0] + x[1] - .7 * x[0] * x[1]);

    [Fact]
    public void A_binary_tree_is_its_nested_formula()
    {
        static double G(int v, double a, double b) => Math.Sin(a + (1 + v) * b);
        var tree = CompositionalFunction.BinaryTree(8, v => x => G(v, x[0], x[1]));
        double[] x = ApproximationError.Points(1, 8, new RandomStream(1));
        tree.Vertices.Count.ShouldBe(7);
        tree.At(x).ShouldBe(G(6, G(4, G(0, x[0], x[1]), G(1, x[2], x[3])), G(5, G(2, x[4], x[5]), G(3, x[6], x[7]))), 1e-15);

        var windows = CompositionalFunction.Overlapping(4, v => p => G(v, p[0], p[1]));
        windows.Vertices.Count.ShouldBe(6);
        double a = G(0, x[0], x[1]), b = G(1, x[1], x[2]), c = G(2, x[2], x[3]);
        windows.At(x.AsSpan(0, 4)).ShouldBe(G(5, G(3, a, b), G(4, b, c)), 1e-15);
    }

    [Fact]
    public void A_grid_keeps_multilinear_functions_and_nodes_and_errs_by_an_eighth_of_the_second_derivative()
    {
        LocalFunction multilinear = static x => 2 - x[0] + 3 * x[1] * x[2] - x[0] * x[1] * x[2];
        var points = ApproximationError.Points(200, 3, new RandomStream(2));
        ApproximationError.Of(multilinear, MultilinearGrid.Interpolate(multilinear, 3, 4), points, 3).Sup.ShouldBeLessThan(1e-14);

        LocalFunction square = static x => x[0] * x[0];
        var grid = MultilinearGrid.Interpolate(square, 1, 11);
        for (var i = 0; i < 11; i++) grid([i / 5.0 - 1]).ShouldBe(square([i / 5.0 - 1]), 1e-14);
        // The middle of a cell of side s: s²·2/8.
        (grid([.1]) - .01).ShouldBe(.04 / 4, 1e-14);
        MultilinearGrid.Parameters(CompositionalFunction.BinaryTree(8, _ => H), 5).ShouldBe(7 * 25);
        MultilinearGrid.Parameters(4, 5).ShouldBe(625);
    }

    // Piecewise linear in one variable, by hand.
    [Fact]
    public void A_grid_in_two_variables_is_two_interpolations_in_one()
    {
        const int G = 6;
        var grid = MultilinearGrid.Interpolate(H, 2, G);
        static double Linear(Func<double, double> f, double x)
        {
            var at = (x + 1) / 2 * (G - 1);
            var low = Math.Floor(at);
            return (low + 1 - at) * f(2 * low / (G - 1) - 1) + (at - low) * f(2 * (low + 1) / (G - 1) - 1);
        }
        var points = ApproximationError.Points(50, 2, new RandomStream(3));
        for (var i = 0; i < 50; i++)
        {
            double x = points[2 * i], y = points[2 * i + 1];
            grid([x, y]).ShouldBe(Linear(a => Linear(b => H([a, b]), y), x), 1e-13);
        }
    }

    [Fact]
    public void Grids_have_the_exponents_of_both_theorems()
    {
        var tree = CompositionalFunction.BinaryTree(4, _ => H);
        var points = ApproximationError.Points(400, 4, new RandomStream(4));
        int[] sides = [9, 17, 33];
        double Exponent(Func<int, double> parameters, Func<int, LocalFunction> grid) => ApproximationError.Exponent(
            [.. sides.Select(parameters)], [.. sides.Select(g => ApproximationError.Of(tree.At, grid(g), points, 4).L2)]);
        Exponent(g => MultilinearGrid.Parameters(4, g), g => MultilinearGrid.Interpolate(tree.At, 4, g)).ShouldBe(-.5, .05);
        Exponent(g => MultilinearGrid.Parameters(tree, g), g => MultilinearGrid.Interpolate(tree, g).At).ShouldBe(-1, .1);
        ApproximationError.Exponent([10, 100, 1000], [3, .3, .03]).ShouldBe(-1, 1e-12);
        var error = ApproximationError.Of([3, -4]);
        (error.Sup, error.L2).ShouldBe((4, Math.Sqrt(12.5)));
    }

    public static TheoryData<string> Kinds => ["shallow", "tree", "shared", "dense", "windows"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Passes_are_the_formula_and_its_finite_differences(string kind)
    {
        var net = Make(kind);
        var random = new RandomStream(7);
        var theta = net.Start(random);
        const int Count = 13, Skipped = 3;
        double[][] x = [.. Enumerable.Range(0, net.Inputs).Select(_ => ApproximationError.Points(Count + Skipped, 1, random))];
        var weights = ApproximationError.Points(Count, 1, random);
        double Sum(double[] t)
        {
            var sum = 0.0;
            for (var i = 0; i < Count; i++) sum += weights[i] * net.At(t, [.. x.Select(column => column[Skipped + i])]);
            return sum;
        }
        var pass = new RidgePass(net, 20);
        var output = pass.Forward(theta, x, Skipped, Count).ToArray();
        Vectors.Dot(output, weights).ShouldBe(Sum(theta), 1e-12);
        var gradient = new double[net.ParameterCount];
        pass.Backward(theta, weights, gradient);
        for (var i = 0; i < theta.Length; i++)
        {
            double[] up = [.. theta], down = [.. theta];
            up[i] += 1e-6;
            down[i] -= 1e-6;
            gradient[i].ShouldBe((Sum(up) - Sum(down)) / 2e-6, 1e-7, $"{kind}, parameter {i + 1}");
        }
    }

    // Biases are weights of a constant input; a unit (0·x + 1)_+ carries the constant through the hidden layer.
    [Fact]
    public void Dense_layers_are_those_of_the_networks_room()
    {
        var net = RidgeNetwork.Dense(3, 4, 5);
        net.ParameterCount.ShouldBe(4 * 4 + 5 * 6);
        var theta = net.Start(new RandomStream(5));
        double[][] first = [.. Enumerable.Range(0, 4).Select(i => theta[(4 * i)..(4 * i + 4)]), [0, 0, 0, 1]];
        double[][] second = [.. Enumerable.Range(0, 5).Select(i => theta[(16 + 6 * i)..(16 + 6 * i + 5)])];
        double[][] last = [[.. Enumerable.Range(0, 5).Select(i => theta[16 + 6 * i + 5])]];
        var dense = Network.Dense(4, 5, 5, 1);
        var evaluation = new ChainPasses(dense, [.3, -.8, .5, 1], 1);
        evaluation.Forward(dense.Pack([first, second, last]));
        net.At(theta, [.3, -.8, .5]).ShouldBe(evaluation.Outputs[0], 1e-14);
    }

    [Fact]
    public void Parameters_are_counted_as_in_the_paper()
    {
        var tree = CompositionalFunction.BinaryTree(16, _ => H);
        RidgeNetwork.Shallow(16, 9).ParameterCount.ShouldBe(18 * 9);
        RidgeNetwork.Like(tree, 9).ParameterCount.ShouldBe(4 * 9 * 15);
        RidgeNetwork.Like(tree, 9, shared: true).ParameterCount.ShouldBe(4 * 9);
    }

    [Fact]
    public void Training_learns_a_kink_exactly_and_is_reproducible()
    {
        // |x| = (x)_+ + (−x)_+.
        var f = new CompositionalFunction(1, [new Constituent([0], x => Math.Abs(x[0]))]);
        var training = new RidgeTraining { Steps = 1500, Batch = 64, Points = 1024, TestPoints = 512, Rate = .02 };
        var errors = Enumerable.Range(0, 3).Select(s => training.Fit(RidgeNetwork.Shallow(1, 6), f, s)).ToArray();
        errors.Min(e => e.L2).ShouldBeLessThan(.01);
        training.Fit(RidgeNetwork.Shallow(1, 6), f, 1).ShouldBe(errors[1]);
        // More than what it is measured on: a constant has error 1.
        (training with { Steps = 1, Rate = 1e-9 }).Fit(RidgeNetwork.Shallow(1, 6), f, 1).L2.ShouldBeGreaterThan(.3);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Should.Throw<ArgumentException>(() => CompositionalFunction.BinaryTree(6, _ => H)).Message.ShouldContain("2, 4, 8");
        Should.Throw<ArgumentException>(() =>
            new CompositionalFunction(2, [new Constituent([0, 2], H)])).Message.ShouldContain("vertex 1 reads 2");
        Should.Throw<ArgumentOutOfRangeException>(() => MultilinearGrid.Interpolate(H, 21, 2)).Message.ShouldContain("1 … 20");
        Should.Throw<ArgumentException>(() => new RidgeTraining()
            .Fit(RidgeNetwork.Shallow(3, 2), CompositionalFunction.BinaryTree(2, _ => H), 0)).Message.ShouldContain("3 inputs");
        Should.Throw<ArgumentException>(() => ApproximationError.Exponent([1, 1], [2, 3])).Message.ShouldContain("two different");
    }

    private static RidgeNetwork Make(string kind) => kind switch
    {
        "shallow" => RidgeNetwork.Shallow(3, 5),
        "tree" => RidgeNetwork.Like(CompositionalFunction.BinaryTree(8, _ => H), 3),
        "shared" => RidgeNetwork.Like(CompositionalFunction.BinaryTree(4, _ => H), 4, shared: true),
        "windows" => RidgeNetwork.Like(CompositionalFunction.Overlapping(4, _ => H), 2),
        _ => RidgeNetwork.Dense(3, 4, 5),
    };
}
