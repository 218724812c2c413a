using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

/// <summary>
/// W_k = ρ_k V_k against sums and powers written out, on networks and weights that are drawn anew each time, and on fixed cases.
/// </summary>
public class NormsAndDirectionsTests
{
    private const double Tolerance = 1e-12;

    // Two fixed draws and one that no run has seen before.
    public static IEnumerable<TheoryDataRow<int>> Seeds =>
        new[] { 1, 2, Random.Shared.Next(3, 1_000_000) }.Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Split_and_compose_are_inverse_and_directions_have_norm_one_in_every_p(int seed)
    {
        var r = new RandomNetwork(seed);
        var (rho, v, back) = (new double[r.Net.Depth], new double[r.Net.ParameterCount], new double[r.Net.ParameterCount]);
        foreach (var p in new[] { 1, 1.5, 2, 3, double.PositiveInfinity })
        {
            NormsAndDirections.Split(r.Net, r.Theta, rho, v, p);
            for (var k = 0; k < r.Net.Depth; k++)
            {
                rho[k].ShouldBe(NaiveNorm(Layer(r.Net, k, r.Theta), p), Tolerance * rho[k], $"p = {p}");
                NaiveNorm(Layer(r.Net, k, v), p).ShouldBe(1, Tolerance);
            }
            var norms = new double[r.Net.Depth];
            NormsAndDirections.Norms(r.Net, r.Theta, norms, p);
            norms.ShouldBe(rho);
            NormsAndDirections.Compose(r.Net, rho, v, back);
            back.ShouldBe(r.Theta, Tolerance);
        }
        double[] divided = [.. r.Theta];
        NormsAndDirections.Split(r.Net, r.Theta, rho, v);
        NormsAndDirections.SplitByDivision(r.Net, divided, back);
        back[..rho.Length].ShouldBe(rho);
        for (var i = 0; i < v.Length; i++) divided[i].ShouldBe(v[i], 4e-16 * Math.Abs(v[i]));
    }

    [Fact]
    public void A_layer_of_zeros_has_norm_0_and_no_direction()
    {
        var net = Network.Linear(2, 2, 1);
        double[] theta = [3, 0, 0, 4, 0, 0], rho = new double[2], v = new double[6];
        NormsAndDirections.Split(net, theta, rho, v);
        rho.ShouldBe([5, 0]);
        v.ShouldBe([3 * (1 / 5.0), 0, 0, 4 * (1 / 5.0), 0, 0]);
        NormsAndDirections.Product(net, rho).ShouldBe(0);
        NormsAndDirections.LogProduct(net, rho).ShouldBe(double.NegativeInfinity);
        NormsAndDirections.SplitByDivision(net, theta, rho);
        theta.ShouldBe([3 / 5.0, 0, 0, 4 / 5.0, 0, 0]);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_product_its_logarithm_sign_and_derivative_agree_with_powers(int seed)
    {
        var r = new RandomNetwork(seed);
        var rho = Problems.Normal(new Random(seed + 1), r.Net.Depth);
        var expected = rho.Select((x, k) => Math.Pow(x, r.Net.Exponents[k])).Aggregate(1.0, (a, b) => a * b);
        var size = Math.Abs(expected);
        NormsAndDirections.Product(r.Net, rho).ShouldBe(expected, 1e-12 * size);
        NormsAndDirections.ProductByFactors(r.Net, rho).ShouldBe(expected, 1e-12 * size);
        NormsAndDirections.LogProduct(r.Net, rho).ShouldBe(Math.Log(size), 1e-12 * (1 + Math.Abs(Math.Log(size)) + 30 * r.Net.Degree));
        NormsAndDirections.Sign(r.Net, rho).ShouldBe(Math.Sign(expected));
        for (var k = 0; k < rho.Length; k++)
        {
            // ρ is a polynomial in ρ_k: its derivative is e_k ρ/ρ_k away from 0.
            var slope = r.Net.Exponents[k] * expected / rho[k];
            NormsAndDirections.ProductDerivative(r.Net, rho, k).ShouldBe(slope, 1e-11 * Math.Abs(slope));
            double[] zero = [.. rho];
            zero[k] = 0;
            if (r.Net.Exponents[k] == 1)
            {
                zero[k] = 1;
                var others = NormsAndDirections.Product(r.Net, zero);
                zero[k] = 0;
                NormsAndDirections.ProductDerivative(r.Net, zero, k).ShouldBe(others, 1e-12 * Math.Abs(others));
            }
            else NormsAndDirections.ProductDerivative(r.Net, zero, k).ShouldBe(0);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_network_of_the_weights_is_rho_times_the_network_of_the_directions(int seed)
    {
        var r = new RandomNetwork(seed);
        var random = new Random(seed + 2);
        var (rho, v) = (new double[r.Net.Depth], new double[r.Net.ParameterCount]);
        NormsAndDirections.Split(r.Net, r.Theta, rho, v);
        for (var k = 0; k < rho.Length; k++) rho[k] *= random.Next(2) * 2 - 1;
        var theta = NormsAndDirections.Weights(r.Net, rho, v);
        var product = NormsAndDirections.Product(r.Net, rho);
        for (var n = 0; n < r.Examples; n++)
        {
            var f = ReferenceNetwork.Outputs(r.Net, theta, r.Example(n))[0];
            var normalized = ReferenceNetwork.Outputs(r.Net, v, r.Example(n))[0];
            f.ShouldBe(product * normalized, 1e-10 * (1 + Math.Abs(f)));
            double[] outputs = [f, 0];
            NormsAndDirections.DivideByRho(outputs, NormsAndDirections.LogProduct(r.Net, rho));
            outputs[0].ShouldBe(Math.Sign(product) * normalized, 1e-10 * (1 + Math.Abs(normalized)));
            outputs[1].ShouldBe(0);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_gradient_of_a_norm_is_its_finite_difference(int seed)
    {
        var random = new Random(seed);
        var u = Problems.Normal(random, 5);
        var nu = new double[u.Length];
        foreach (var p in new[] { 1, 1.7, 2, 4 })
        {
            NormsAndDirections.PNormGradient(u, p, nu);
            for (var i = 0; i < u.Length; i++)
            {
                var h = 1e-5 * Math.Abs(u[i]);
                double[] up = [.. u], down = [.. u];
                (up[i], down[i]) = (u[i] + h, u[i] - h);
                nu[i].ShouldBe((NaiveNorm(up, p) - NaiveNorm(down, p)) / (up[i] - down[i]), 1e-8, $"p = {p}, component {i}");
            }
        }
        u[2] = 0;
        NormsAndDirections.PNormGradient(u, 3, nu);
        nu[2].ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Projections_are_those_of_the_matrices_written_out(int seed)
    {
        var random = new Random(seed);
        double[] v = Problems.Normal(random, 6), h = Problems.Normal(random, 6), velocity = new double[6], projected = [.. h];
        var c = random.NextDouble() * 4 - 2;
        double inner = v.Zip(h, (a, b) => a * b).Sum(), square = v.Sum(x => x * x);
        NormsAndDirections.Tangent(c, v, h, velocity);
        NormsAndDirections.ProjectOut(v, projected);
        for (var i = 0; i < v.Length; i++)
        {
            var expected = h[i] - v[i] * inner / square;
            velocity[i].ShouldBe(c * expected, 1e-13 * (1 + Math.Abs(inner)));
            projected[i].ShouldBe(expected, 1e-13 * (1 + Math.Abs(inner)));
        }
        v.Zip(velocity, (a, b) => a * b).Sum().ShouldBe(0, 1e-14 * Math.Sqrt(square) * (1 + Math.Abs(c)));
    }

    private static double[] Layer(Network network, int k, double[] theta) => network.Layers[k].Of(theta).ToArray();

    private static double NaiveNorm(double[] u, double p) => double.IsInfinity(p)
        ? u.Max(Math.Abs)
        : Math.Pow(u.Sum(x => Math.Pow(Math.Abs(x), p)), 1 / p);
}
