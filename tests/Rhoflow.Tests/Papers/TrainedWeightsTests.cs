using Rhoflow.Measures.Structure;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.SquareLoss;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The laws that trained matrices are held against, by drawing such matrices.</summary>
public class TrainedWeightsTests
{
    private static double[] Normal(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];

    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public void Gaussian_matrices_are_as_far_from_orthogonal_ones_as_the_quarter_circle_says(int? seed)
    {
        const int P = 120;
        var random = new RandomStream(seed ?? Random.Shared.Next());
        SingularSpectrum.Of(Normal(random, P * P), P, P).OrthogonalDistance.ShouldBe(NormalizationMakesOrthogonal.Gaussian, .01);
    }

    [Theory]
    [InlineData(6, 2)]
    [InlineData(32, null)]
    public void Random_matrices_of_rank_one_are_as_far_from_projections_as_their_inner_product_says(int p, int? seed)
    {
        var random = new RandomStream(seed ?? Random.Shared.Next());
        var layer = Network.Linear(p, p).Layers[0];
        double[] distances = [.. Enumerable.Range(0, 301).Select(_ =>
        {
            double[] u = Normal(random, p), v = Normal(random, p);
            return SingularSpectrum.ProjectionDistance(layer, [.. u.SelectMany(a => v.Select(b => a * b))]);
        })];
        Spread.Of(distances).Median.ShouldBe(NormalizationMakesOrthogonal.RandomOfRankOne(p), p == 6 ? .04 : .02);
    }

    // Bounds are of ρ = ∏‖W_k‖, and fits are what they are called.
    [Fact]
    public void Networks_with_bounds_fit_and_have_images_in_common()
    {
        var nets = WeightSetting.NormsOfBounds
            .SelectMany(static s => KeptRun.Find(WeightSetting.Config, $"{s.Key}-norm-{s.Norm}")!.By("seed")).ToArray();
        nets.Length.ShouldBe(5 * WeightSetting.NormsOfBounds.Count);
        nets.Count(WeightSetting.IsFitted).ShouldBeGreaterThan(15);
        foreach (var net in nets.Where(WeightSetting.IsFitted))
        {
            net.Last("train_error").ShouldBe(0);
            // SQ eq. 41 by hand: γ the 10 % margin (interpolated here), N = 256 inputs of norm 1, four layers, δ = 5 %.
            var complexity = 2 / net.Last("margin_q10") * (Math.Sqrt(2 * Math.Log(2) * 4) + 1) / Math.Sqrt(256);
            var bound = net.Last("ramp_loss") + complexity + 3 * Math.Sqrt(Math.Log(2 / .05) / 512);
            net.Last("ramp_bound").ShouldBe(bound, .02 * bound);
        }
    }
}
