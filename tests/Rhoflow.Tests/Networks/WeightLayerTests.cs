using MyLab;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

/// <summary>
/// Layers of weights of other assemblies. Their passes are tried with all others (<see cref="Passes.NetworkTable"/>: differences,
/// precisions, threads, folding, degrees); here is what a network says of them, and of those that are wrong.
/// </summary>
public class WeightLayerTests
{
    [Theory]
    [InlineData("rows", "it needs Rows and Columns of at least 1; 0 × 1 were given")]
    [InlineData("output", "its Output is 0, and every side has to be at least 1")]
    [InlineData("throws", "layer 'squares' after 4 → 4 with 4 × 1 weights fails: this pass is not there yet")]
    [InlineData("overwrites", "Forward has to add to what it writes to, and called twice it does not give twice as much")]
    [InlineData("weight degree", "WeightDegree is 1, and with its weights times 1.7 its Forward is not 1.7^1 times what it was")]
    [InlineData("input degree", "InputDegree is 1, and with its input times 1.7")]
    [InlineData("half a gradient", "its VectorJacobianProduct is not the derivative by its weights: along a random direction it gives ")]
    [InlineData("no derivative by the input", "its VectorJacobianProduct is not the derivative by its input")]
    [InlineData("no direction of the input", "its JacobianVectorProduct by its input is not the derivative of its Forward")]
    [InlineData("no second derivative", "its SecondDerivative by its weights is not the derivative of its VectorJacobianProduct")]
    public void A_layer_that_contradicts_itself_is_refused_in_a_sentence(string fault, string sentence)
    {
        var why = Should.Throw<ArgumentException>(() => new NetworkBuilder(4).Then(s => new SquaresLayer(s, fault)));
        why.Message.ShouldStartWith("layer 'squares' after 4");
        why.Message.ShouldContain(sentence);
        why.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("forward", "a BilinearLayer is linear in its weights, and its Forward is not")]
    [InlineData("transposed", "its Transposed is not the derivative by its input")]
    [InlineData("outer", "its Outer is not the derivative by its weights")]
    [InlineData("overwrites", "Transposed or Outer has to add to what it writes to")]
    public void A_bilinear_one_too(string fault, string sentence) =>
        Should.Throw<ArgumentException>(() => new NetworkBuilder(3).Then(_ => new Scaled(fault))).Message.ShouldContain(sentence);

    [Fact]
    public void Degrees_are_those_that_the_layers_declare()
    {
        // e_k of what stands below a layer are multiplied by its degree in its input.
        var network = new NetworkBuilder(5).Dense(6).Then(static s => new SquaresLayer(s))
            .Then(static s => LocalLayer.After(s, patch: 2, stride: 2)).Dense(1).Build();
        network.Exponents.ToArray().ShouldBe([2, 2, 1, 1]);
        Homogeneity.Of(network).Degree.ShouldBe(6);
        Homogeneity.Of(network).Layers.ShouldBe([2, 2, 1, 1]);
        network.ToString().ShouldBe("5 → dense → 6 → squares → 6 → local → 3 → dense → 1");
        var without = Homogeneity.Of(new NetworkBuilder(3).Dense(3).Then(static s => new SquaresLayer(s, "no degree")).Dense(1).Build());
        without.Reason.ShouldBe("squares (node 2) is not homogeneous in what it reads");
        without.Layers.ShouldBe([null, 2, 1]);
    }

    [Fact]
    public void Flows_say_that_they_do_not_follow_them()
    {
        var network = new NetworkBuilder(4).Then(static s => new SquaresLayer(s)).Dense(1).Build();
        network.IsChain.ShouldBeFalse();
        Should.Throw<ArgumentException>(() => new ChainPasses(network, new double[8], 2)).Message
            .ShouldContain("flows follow chains of dense and diagonal layers with activations; here node 1 is squares → 4");
    }

    [Fact]
    public void A_name_that_is_no_word_or_is_taken_is_refused()
    {
        foreach (var (name, why) in new[]
        {
            ("dense", "a layer named 'dense' exists already"), ("My Layer", "is a word in small letters, digits and '-', not 'My Layer'"),
        })
        {
            Should.Throw<ArgumentException>(() => WeightLayerKind.Register(SquaresLayer.Definition with { Name = name })).Message
                .ShouldContain(why);
        }
    }

    // z = 2 w a, one weight for all inputs.
    private sealed class Scaled(string fault) : BilinearLayer
    {
        public override WeightLayerKind Kind => SquaresLayer.Definition;

        public override TensorShape Output => TensorShape.Vector(3);

        public override int Rows => 1;

        public override int Columns => 1;

        public override void Forward<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> z)
        {
            for (var i = 0; i < a.Length; i++) z[i] += Two<T>() * (fault == "forward" ? w[0] * w[0] : w[0]) * a[i];
        }

        protected override void Transposed<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> delta, Span<T> below)
        {
            if (fault == "overwrites") below.Clear();
            for (var i = 0; i < delta.Length; i++) below[i] += (fault == "transposed" ? T.One : Two<T>()) * w[0] * delta[i];
        }

        protected override void Outer<T>(ReadOnlySpan<T> delta, ReadOnlySpan<T> a, Span<T> gradient)
        {
            for (var i = 0; i < a.Length; i++) gradient[0] += (fault == "outer" ? T.One : Two<T>()) * delta[i] * a[i];
        }

        private static T Two<T>() where T : System.Numerics.INumberBase<T> => T.One + T.One;
    }
}
