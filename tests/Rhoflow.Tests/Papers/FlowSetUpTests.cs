using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What set-ups say of flows is what their configs have.</summary>
public sealed class FlowSetUpTests
{
    // The config has the numbers after the reflection; they are recomputed from the measured flower.
    [Fact]
    public void The_flower_of_figure_4_is_turned_onto_the_first_axis()
    {
        var (data, start) = OneFlower.TurnedFlower;
        OneFlower.Raw.GradientDescent.Data.X.ToArray().ShouldBe(data.X.ToArray());
        OneFlower.Raw.Start.ShouldBe(start);
        OneFlower.Raw.Gamma.ShouldBe(Math.Sqrt(5.1 * 5.1 + 3.5 * 3.5 + 1.4 * 1.4 + .2 * .2), 1e-14);
        // ⟨w, x⟩ and ‖w‖ are those of the unturned coordinates.
        (OneFlower.Raw.Gamma * start[0]).ShouldBe(.3 * 5.1 - .2 * 3.5 + .1 * 1.4 + .4 * .2, 1e-14);
        Math.Sqrt(start.Sum(w => w * w)).ShouldBe(Math.Sqrt(.3 * .3 + .2 * .2 + .1 * .1 + .4 * .4), 1e-15);
    }

    [Fact]
    public void Set_ups_in_words_take_their_numbers_from_the_configs()
    {
        IrisFlows.Words.ShouldBe("Iris, setosa against the rest, one linear unit, L = Σ e^{−y w·x}; gradient descent from w(0) = (.3, "
            + "−.2, .1, .4), weight normalization from ρ = 0.5 and v ∝ (.3, .5, −.7, −.2); flows to t = 1e300 in log t, relative "
            + "tolerance 1e-11");
        TwoWeights.Words.ShouldBe("linear unit with 2 weights, z = (1, .5) and (.4, 1.2), w(0) = (.3, −.1), L = Σ e^{−w·z}, "
            + "DOP853/Radau in log t with relative tolerance 1e-12");
        NormGrowth.Words.ShouldBe("scalar equations 61 of K layers, f̃ = 1, ρ_k(0) = 0.8, L = e^{−ρf̃}");
        OneFlower.Words.ShouldBe("first setosa of Iris, x = (5.1, 3.5, 1.4, 0.2) with γ = ‖x‖ = 6.345, and the same scaled to γ = 1; "
            + "w(0) = (.3, −.2, .1, .4), coordinates turned so that x lies along the first axis; relative tolerance 1e-11, absolute "
            + "1e-300");
        ScheduledNorm.Words.ShouldBe("Iris, setosa against the rest, v̇ = ρ Σ e^{−ρv·z}(I − vvᵀ)z with ρ(t) = log t, log log t, 1/log "
            + "t, e^t, from v ∝ (.3, .5, −.7, −.2) at t = 3 to 1e8, Radau, relative tolerance 1e-8");
    }
}
