using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Curvature;

public class TangentHessianTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "linear", "exponential" }, { "deep linear", "exponential" }, { "relu", "exponential" }, { "power", "exponential" },
        { "relu", "square" }, { "deep linear", "logistic" },
    };

    private static Network Net(string name) => name switch
    {
        "linear" => Network.Dense(3, 1),
        "deep linear" => Network.Linear(3, 4, 2, 1),
        "relu" => Network.Dense(3, 5, 4, 1),
        _ => Network.Dense(3, Activation.Power(2), 4, 1),
    };

    private static Loss LossOf(string name) => Loss.All.Single(l => l.Name == name);

    // d²/ds² L at s = 0 along the geodesic V_k cos|ξ_k|s + ξ_k/|ξ_k| sin|ξ_k|s is ξᵀ Hess ξ for every tangent ξ: it never leaves the
    // spectrum, and over an orthonormal basis it adds up to the trace.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Second_differences_along_geodesics_agree(string net, string loss)
    {
        var network = Net(net);
        var risk = new EmpiricalRisk(network, LossOf(loss), GaussianTeacher.Draw(12, 3, 4), Reduction.Sum);
        var random = new RandomStream(8);
        var v = Initialization.Normal(network, random);
        Initialization.ScaleLayers(network, v, [1.0]);
        const double rho = 3.5, h = 2e-4;
        var hessian = TangentHessian.At(risk, rho, v);
        hessian.Eigenvalues.Length.ShouldBe(network.ParameterCount - network.Depth);

        // The trace: second differences along an orthonormal basis made here by Gram–Schmidt, not by the measure's reflections.
        var trace = 0.0;
        var scale = Math.Exp(hessian.LogScale);
        foreach (var xi in Basis(network, v, random))
        {
            var quotient = (Loss(h) - 2 * Loss(0) + Loss(-h)) / (h * h) / scale;
            trace += quotient;
            quotient.ShouldBeInRange(hessian.Eigenvalues[0] - 1e-3, hessian.Eigenvalues[^1] + 1e-3);

            double Loss(double s) => Math.Exp(risk.LogLossScaled(Geodesic(network, v, xi, s), rho));
        }
        var size = hessian.Eigenvalues.Sum(Math.Abs);
        trace.ShouldBe(hessian.Eigenvalues.Sum(), 1e-5 * size);
    }

    // K = 1, exponential loss: Hess = ρ² Σ p (Pz)(Pz)ᵀ + ρ Σ p v·z I on v⊥ (over L): in two dimensions a single number.
    [Fact]
    public void One_linear_layer_in_two_dimensions_is_one_number()
    {
        double[] z1 = [1, .5], z2 = [.4, 1.2], v = [.6, .8], side = [-.8, .6];
        const double rho = 2.5;
        var data = new Dataset("two", [.. z1, .. z2], [1, 1], 2);
        var hessian = TangentHessian.At(new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, data, Reduction.Sum), rho, v);
        double e1 = Math.Exp(-rho * Vectors.Dot(v, z1)), e2 = Math.Exp(-rho * Vectors.Dot(v, z2));
        double a1 = Vectors.Dot(side, z1), a2 = Vectors.Dot(side, z2);
        var expected = rho * rho * (e1 * a1 * a1 + e2 * a2 * a2) + rho * (e1 * Vectors.Dot(v, z1) + e2 * Vectors.Dot(v, z2));
        hessian.Eigenvalues.Length.ShouldBe(1);
        (hessian.Eigenvalues[0] * Math.Exp(hessian.LogScale)).ShouldBe(expected, 1e-13);
        var tangent = rho * (e1 * a1 + e2 * a2);
        var normal = rho * (e1 * Vectors.Dot(v, z1) + e2 * Vectors.Dot(v, z2));
        hessian.TangentGradient.ShouldBe(Math.Abs(tangent) / Math.Sqrt(tangent * tangent + normal * normal), 1e-13);
    }

    // PNAS Lemma 1's form for K layers: Σ_kk' V_kᵀ(∇²L)V_k' = Σ e^{−ρf}[K²ρ²f² − K(K−1)ρf] (the paper prints K(K−2), having put −2λI with K
    // blocks in).
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_radial_form_follows_from_homogeneity(int layers)
    {
        var network = Network.Linear(3, [.. Enumerable.Repeat(4, layers - 1), 1]);
        var data = GaussianTeacher.Draw(9, 3, 2);
        var risk = new EmpiricalRisk(network, Loss.Exponential, data, Reduction.Sum);
        var v = Initialization.Normal(network, new RandomStream(3));
        Initialization.ScaleLayers(network, v, [1.0]);
        const double rho = 4;
        var hessian = TangentHessian.At(risk, rho, v);
        var f = risk.Outputs(v).ToArray();
        var expected = 0.0;
        for (var n = 0; n < f.Length; n++)
        {
            var q = rho * data.Y[n] * f[n];
            expected += Math.Exp(-q) * (layers * layers * q * q - layers * (layers - 1) * q);
        }
        (hessian.Radial * Math.Exp(hessian.LogScale)).ShouldBe(expected, 1e-11 * (1 + Math.Abs(expected)));
    }

    [Fact]
    public void Signature_counts_with_its_threshold()
    {
        var signature = Signature.Of([-2, -1e-12, 0, 1e-12, 3], 1e-9);
        (signature.Negative, signature.Zero, signature.Positive).ShouldBe((1, 3, 1));
        signature.Threshold.ShouldBe(3e-9, 1e-22);
    }

    [Fact]
    public void A_zero_layer_is_named()
    {
        var risk = new EmpiricalRisk(Network.Linear(2, 2, 1), Loss.Exponential, new Dataset("one", [1, 0], [1], 2), Reduction.Sum);
        Should.Throw<ArgumentException>(() => TangentHessian.At(risk, 1, [0, 0, 0, 0, 1, 1])).Message.ShouldContain("layer 1");
        Should.Throw<ArgumentException>(() => TangentHessian.At(risk, 1, [1, 0])).Message.ShouldContain("6");
    }

    private static double[] Geodesic(Network network, double[] v, double[] xi, double s)
    {
        var moved = new double[v.Length];
        foreach (var layer in network.Layers)
        {
            var speed = Vectors.Norm(layer.Of(xi));
            var target = layer.Of(moved.AsSpan());
            Vectors.Scale(Math.Cos(speed * s), layer.Of(v), target);
            if (speed > 0) Vectors.Add(Math.Sin(speed * s) / speed, layer.Of(xi), target);
        }
        return moved;
    }

    private static List<double[]> Basis(Network network, double[] v, RandomStream random)
    {
        var basis = new List<double[]>();
        var taken = network.Layers.Select(l =>
        {
            var normal = network.Zeros();
            l.Of(v).CopyTo(l.Of(normal.AsSpan()));
            return normal;
        }).ToList();
        while (basis.Count < network.ParameterCount - network.Depth)
        {
            var xi = network.Zeros();
            foreach (ref var c in xi.AsSpan()) c = random.NextNormal();
            for (var pass = 0; pass < 2; pass++)
                foreach (var t in taken) Vectors.Add(-Vectors.Dot(t, xi), t, xi);
            Vectors.Scale(1 / Vectors.Norm(xi), xi, xi);
            basis.Add(xi);
            taken.Add(xi);
        }
        return basis;
    }
}
