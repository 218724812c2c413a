using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.TheoryIIIb;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Theory IIIb on deep networks (§10, §12.3, §13) and PNAS §B.6, §C.3: verdicts, and the machinery a second way.</summary>
public sealed class TheoryIIIbDeepTests
{
    [Theory]
    [InlineData("b63-flow-conjugate-to-its-linearization", Verdict.Care)]
    [InlineData("b64-deep-network-conjugate-to-a-linear-one", Verdict.Holds)]
    [InlineData("b67-virtual-data-of-the-square-loss", Verdict.Care)]
    [InlineData("b68-one-layer-at-a-time", Verdict.Care)]
    [InlineData("b69-fixed-multipliers-stop", Verdict.Care)]
    [InlineData("b72-multiclass-follows-the-margin", Verdict.Holds)]
    [InlineData("b74-square-loss-norm-depends-on-the-path", Verdict.Undecided)]
    [InlineData("b78-learning-rates-must-sum-to-infinity", Verdict.Holds)]
    [InlineData("b97-direction-step-is-non-expanding", Verdict.Care)]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(c => (c.Role != CheckRole.Premise && c.Role != CheckRole.Amended) || c.Passed == true);
        outcome.Chart?.Specification().ToJsonString().ShouldNotContain("NaN");
    }

    // The flow of a quadratic F is its own linearization, and h must be W − W* exactly, whatever the level.
    [Fact]
    public void H_of_a_quadratic_is_the_identity()
    {
        var seed = Random.Shared.NextInt64(1_000_000);
        var data = GaussianTeacher.Draw(6, 3, seed);
        var risk = new EmpiricalRisk(Network.Dense(3, 1), Loss.Square, data, Reduction.Sum);
        const double lambda = .3;
        var x = DenseMatrix.Create(6, 3, (n, i) => data.Example(n)[i]);
        double[] minimum = [.. (x.TransposeThisAndMultiply(x) + lambda * DenseMatrix.CreateIdentity(3))
            .Solve(x.TransposeThisAndMultiply(DenseVector.OfArray(data.Y.ToArray())))];
        var h = new LocalConjugacy(risk, lambda, minimum, level: .01);
        var random = new RandomStream(seed, 3);
        for (var i = 0; i < 5; i++)
        {
            double[] w = [.. minimum.Select(m => m + .4 * random.NextNormal())];
            double[] mapped = h.Map(w), expected = h.Linearized(w);
            for (var k = 0; k < 3; k++) mapped[k].ShouldBe(expected[k], 1e-8, $"seed {seed}");
        }
    }

    // A valley with a floor: f = ab on one example, L = (1 − ab)² rests on the hyperbola ab = 1.
    [Fact]
    public void H_of_a_valley_turns_its_flow_into_the_linear_one()
    {
        var seed = Random.Shared.NextInt64(1_000_000);
        var risk = new EmpiricalRisk(Network.Linear(1, 1, 1), Loss.Square, new Dataset("one", [1], [1], 1), Reduction.Sum);
        var h = new LocalConjugacy(risk, lambda: 0, minimum: [1, 1], level: 1e-3);
        h.Eigenvalues.Count(e => e == 0).ShouldBe(1);
        h.Eigenvalues.Max().ShouldBe(4, 1e-12);
        var random = new RandomStream(seed, 4);
        for (var i = 0; i < 5; i++)
        {
            double[] w = [1 + .1 * random.NextNormal(), 1 + .1 * random.NextNormal()];
            var t = .1 + random.NextDouble();
            double[] later = h.Map(h.Flow(w, t)), expected = h.Linear(h.Map(w), t);
            for (var k = 0; k < 2; k++) later[k].ShouldBe(expected[k], 1e-8, $"seed {seed}");
            // a² − b² does not move, so the orbit ends where the hyperbola meets it.
            var foot = h.Flow(w, 30);
            (foot[0] * foot[1]).ShouldBe(1, 1e-9);
            (foot[0] * foot[0] - foot[1] * foot[1]).ShouldBe(w[0] * w[0] - w[1] * w[1], 1e-9, $"seed {seed}");
            h.Flow(h.Flow(w, t), -t)[0].ShouldBe(w[0], 1e-8);
        }
    }

    // Dense eigenvalues against products along directions, and the gradient against the flow's.
    [Fact]
    public void A_minimum_with_decay_has_the_curvature_of_its_products()
    {
        var minimum = DecayedMinimum.Of(Loss.Exponential, .05, 3, seed: 1, CancellationToken.None);
        minimum.Signs.Zero.ShouldBe(2);
        minimum.Signs.Negative.ShouldBe(0);
        minimum.Gradient.ShouldBeLessThan(1e-10);
        double[] probe = new double[minimum.Theta.Length], product = new double[probe.Length];
        double trace = 0, scale = 0;
        for (var i = 0; i < probe.Length; i++)
        {
            probe[i] = 1;
            scale = Math.Exp(minimum.Risk.HessianVectorProduct(minimum.Theta, probe, product).LogScale);
            trace += scale * product[i] + 2 * minimum.Lambda;
            probe[i] = 0;
        }
        (scale * minimum.Eigenvalues.Sum()).ShouldBe(trace, 1e-10 * trace);
    }

    // The formula of §12.3.2 for x² units against the library's Hessian, in the block of the first layer.
    [Fact]
    public void Smooth_units_give_a_layer_more_eigenvalues_than_examples()
    {
        var seed = Random.Shared.NextInt64(1_000_000);
        var net = Network.Dense(12, Activation.Power(2), 8, 1);
        var theta = Initialization.Normal(net, new RandomStream(seed), .3);
        var risk = new EmpiricalRisk(net, Loss.Exponential, GaussianTeacher.Draw(5, 12, seed), Reduction.Sum);
        var hessian = DenseMatrix.OfArray(risk.Hessian(theta).Hessian);
        int Rank(Layer layer)
        {
            double[] values = [.. hessian.SubMatrix(layer.Offset, layer.Count, layer.Offset, layer.Count).Evd(Symmetricity.Symmetric)
                .EigenValues.Select(static e => e.Real)];
            return values.Length - Signature.Of(values, 1e-9).Zero;
        }
        Rank(net.Layers[0]).ShouldBeInRange(6, 40, $"seed {seed}");
        Rank(net.Layers[1]).ShouldBeLessThanOrEqualTo(5, $"seed {seed}");
    }

    // At rest ⟨V_k, V̇_k⟩ and ρ̇_k would ask the same sum to be positive and zero: the algebra of b69 at random separating states.
    [Fact]
    public void Fixed_multipliers_leave_no_point_at_rest()
    {
        var seed = Random.Shared.NextInt64(1_000_000);
        var data = GaussianTeacher.Draw(6, 3, seed).WithTargets([.. Enumerable.Repeat(1.0, 6)]);
        var net = Network.Dense(3, Activation.Power(2), 4, 1);
        var theta = Initialization.Normal(net, new RandomStream(seed, 5));
        for (var i = 0; i < 4; i++) net.Layers[1].Of(theta)[i] = Math.Abs(net.Layers[1].Of(theta)[i]);
        var flow = new FixedMultipliersFlow(new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum), [.05]);
        double[] state = flow.Start(theta), velocity = new double[state.Length];
        var scale = Math.Exp(flow.NewWorkspace().Velocity(0, state, velocity));
        for (var k = 0; k < 2; k++) (scale * velocity[k]).ShouldBeGreaterThan(0, $"seed {seed}");
        // d‖V_2‖²/dt = 2(ρ_2ρ̇_2 − 2λ‖V_2‖²), T3b eq. 50: the last layer has e = 1.
        var last = net.Layers[1];
        double along = scale * Vectors.Dot(last.Of(state.AsSpan(2)), last.Of(velocity.AsSpan(2)));
        along.ShouldBe(state[1] * scale * velocity[1] - 2 * .05, 1e-9 * Math.Max(1, Math.Abs(along)), $"seed {seed}");
    }
}
