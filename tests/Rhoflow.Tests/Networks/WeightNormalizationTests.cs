using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Rhoflow.Tests.Networks.Passes;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

public class WeightNormalizationTests
{
    private const double H = 1e-5;

    public static IEnumerable<TheoryDataRow<string, bool>> Cases =>
        from name in (string[])["dense", "powers", "diagonal", "batch norm before relu", "residual with a shortcut"]
        from perRow in (bool[])[false, true]
        select new TheoryDataRow<string, bool>(name, perRow);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Splitting_and_materializing_gives_the_weights_back(string name, bool perRow)
    {
        var trial = new Trial(NetworkTable.Get(name), 1);
        var wn = new WeightNormalization<double>(trial.Network, perRow);
        wn.Gains.ShouldBe(perRow ? trial.Network.Layers.Sum(l => l.Kind == LayerKind.Diagonal ? 1 : l.Rows) : trial.Network.Depth);
        double[] parameters = new double[wn.ParameterCount], theta = new double[trial.Theta.Length];
        wn.Split(trial.Theta, parameters);
        wn.Weights(parameters, theta);
        theta.ShouldBe(trial.Theta, 1e-14);

        // f does not see the length of v, and g is the norm.
        foreach (ref var v in parameters.AsSpan(0, trial.Network.Layers[0].Count)) v *= 3;
        foreach (ref var g in wn.GainsOf(parameters)) g = 2;
        wn.Weights(parameters, theta);
        foreach (var layer in trial.Network.Layers)
            Vectors.Norm(layer.Of(theta)).ShouldBe(perRow && layer.Kind != LayerKind.Diagonal ? 2 * Math.Sqrt(layer.Rows) : 2, 1e-13);
        foreach (var norm in trial.Network.Nodes.OfType<BatchNormNode>().Where(n => n.IsAffine))
        {
            var (at, count) = (norm.Windows.Gamma!.Value.Offset, 2 * norm.Shape.Channels);
            theta.AsSpan(at, count).ToArray().ShouldBe(trial.Theta.AsSpan(at, count).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Derivatives_are_finite_differences_of_the_reparametrized_network(string name, bool perRow)
    {
        var trial = new Trial(NetworkTable.Get(name), 2);
        var wn = new WeightNormalization<double>(trial.Network, perRow);
        var random = new Random(3);
        var parameters = new double[wn.ParameterCount];
        wn.Split(trial.Theta, parameters);
        foreach (ref var p in parameters.AsSpan()) p *= 1 + 0.3 * random.NextDouble();              // ‖v‖ ≠ g
        double[] direction = Problems.Normal(random, wn.ParameterCount), other = Problems.Normal(random, wn.ParameterCount);
        Vectors.Scale(1 / Vectors.Norm(direction), direction, direction);
        using var run = new Run<double>(trial);

        double[] plus = Moved(H), minus = Moved(-H), thetaDot = new double[trial.Theta.Length];
        wn.JacobianVectorProduct(parameters, direction, thetaDot);
        double[] up = Theta(plus), down = Theta(minus);
        for (var i = 0; i < up.Length; i++) thetaDot[i].ShouldBe((up[i] - down[i]) / (2 * H), 1e-8);

        // ⟨gradient, direction⟩ is the derivative of the weighted outputs.
        var gradient = Gradient(parameters);
        Vectors.Dot(gradient, direction).ShouldBe((Weighted(plus) - Weighted(minus)) / (2 * H), 1e-7 * (1 + Vectors.Norm(gradient)));

        double[] hv = HessianVector(direction), hw = HessianVector(other), gUp = Gradient(plus), gDown = Gradient(minus);
        for (var i = 0; i < hv.Length; i++) hv[i].ShouldBe((gUp[i] - gDown[i]) / (2 * H), 1e-6 * (1 + Vectors.Norm(hv)));
        Vectors.Dot(other, hv).ShouldBe(Vectors.Dot(direction, hw), 1e-11 * (1 + Vectors.Norm(hw)) * (1 + Vectors.Norm(other)));

        double[] Moved(double h) => [.. parameters.Zip(direction, (p, d) => p + h * d)];
        double[] Theta(double[] p)
        {
            var theta = new double[trial.Theta.Length];
            wn.Weights(p, theta);
            return theta;
        }
        double Weighted(double[] p)
        {
            run.Forward(Theta(p));
            return Vectors.Dot(trial.C, run.Outputs);
        }
        double[] Gradient(double[] p)
        {
            run.Forward(Theta(p));
            var result = new double[wn.ParameterCount];
            wn.VectorJacobianProduct(p, run.Gradient(trial.C, Theta(p)), result);
            return result;
        }
        double[] HessianVector(double[] along)
        {
            double[] theta = Theta(parameters), dot = new double[theta.Length], result = new double[wn.ParameterCount];
            wn.JacobianVectorProduct(parameters, along, dot);
            run.Forward(theta);
            wn.HessianVectorProduct(parameters, along, run.Gradient(trial.C, theta),
                run.HessianVector(dot, trial.C, new double[trial.C.Length], theta), result);
            return result;
        }
    }

    [Fact]
    public void The_gradient_of_v_is_orthogonal_to_v_and_float32_agrees()
    {
        var trial = new Trial(NetworkTable.Get("dense"), 4);
        var wn = new WeightNormalization<double>(trial.Network);
        var single = new WeightNormalization<float>(trial.Network);
        double[] parameters = new double[wn.ParameterCount], gradient = new double[wn.ParameterCount], second =
            new double[wn.ParameterCount];
        wn.Split(trial.Theta, parameters);
        wn.VectorJacobianProduct(parameters, trial.U, gradient);
        wn.HessianVectorProduct(parameters, gradient, trial.U, trial.V, second);
        foreach (var layer in trial.Network.Layers) Vectors.Dot(layer.Of(parameters), layer.Of(gradient)).ShouldBe(0, 1e-13);

        float[] p32 = Single(parameters), g32 = new float[wn.ParameterCount], s32 = new float[wn.ParameterCount], back =
            new float[trial.Theta.Length];
        single.VectorJacobianProduct(p32, Single(trial.U), g32);
        single.HessianVectorProduct(p32, Single(gradient), Single(trial.U), Single(trial.V), s32);
        single.Weights(p32, back);
        for (var i = 0; i < gradient.Length; i++)
        {
            ((double)g32[i]).ShouldBe(gradient[i], 1e-5 * (1 + Vectors.Norm(gradient)));
            ((double)s32[i]).ShouldBe(second[i], 1e-5 * (1 + Vectors.Norm(second)));
        }
        for (var i = 0; i < back.Length; i++) ((double)back[i]).ShouldBe(trial.Theta[i], 1e-6);
        static float[] Single(double[] values) => [.. values.Select(v => (float)v)];
    }

    [Fact]
    public void A_zero_row_has_no_direction()
    {
        var net = Network.Dense(2, 2, 1);
        var wn = new WeightNormalization<double>(net, perRow: true);
        double[] theta = [1, 2, 0, 0, 3, 4], parameters = new double[wn.ParameterCount];
        Should.Throw<ArgumentException>(() => wn.Split(theta, parameters)).Message.ShouldContain("row 2 of layer 1 is zero");
        Should.Throw<ArgumentException>(() =>
            new WeightNormalization<double>(net).Split(new double[6], new double[8])).Message.ShouldContain("layer 1 is zero");
        Should.Throw<ArgumentException>(() =>
            wn.Weights(theta, theta)).Message.ShouldContain("has 9 parameters for 6 of θ; 6 and 6 were given");
    }
}
