using Rhoflow.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>A training that stopped getting anywhere says so, and one that did not says nothing.</summary>
public class StagnationTests
{
    private static readonly string[] s_columns = ["epoch", "log10_loss", "train_error"];

    private static string? Of(params (double Epoch, double Loss, double Error)[] rows) =>
        Stagnation.Of(s_columns, [.. rows.Select(static r => (double[])[r.Epoch, r.Loss, r.Error])], "loss-based");

    [Fact]
    public void A_loss_that_stands_is_named_with_where_it_stood()
    {
        Of((0, .3, .9), (10, -.5, .2), (40, -.2, .12), (70, -.4, .12), (100, -.3, .12)).ShouldBe(
            "the training loss has not fallen since epoch 10: it was 10^-0.5 there and is 10^-0.3 now, with 12 % of the training examples "
            + "misclassified. Another learning rate may get further, or schedule: adaptive, which finds one");
        Stagnation.Of(s_columns, [[0, .3, .9], [2, 0, .5], [4, 0, .5]], "adaptive")!.ShouldEndWith("may get further");
    }

    [Fact]
    public void One_that_falls_fits_or_is_short_says_nothing()
    {
        Of((0, .3, .9), (10, -.5, .2), (60, -.51, .12), (100, -.3, .12)).ShouldBeNull();
        Of((0, .3, .9), (10, -.5, .2), (100, -.3, .04)).ShouldBeNull();
        Of((0, .3, .9), (3, .3, .9)).ShouldBeNull();
        Of((0, .3, .9), (100, .3, .9)).ShouldBeNull();
        Of().ShouldBeNull();
    }
}
