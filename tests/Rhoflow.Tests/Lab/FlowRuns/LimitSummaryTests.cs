using Rhoflow.Lab.FlowRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.FlowRuns;

/// <summary>What summary.json says of limits where float64 has trouble: numbers or a sentence, never an exception.</summary>
public class LimitSummaryTests
{
    [Theory]
    [InlineData("[[1.0, 1.0], [1.0, 1.000000001], [2.0, 3.0], [-1.0, -2.0]]", "[1, -1, 1, -1]", true, 2.04124e-10, "0,1,2")]
    [InlineData("[[1e-200, 2e-200], [-3e-200, 1e-200]]", "[1, -1]", false, 1.9414506867883021e-200, "0,1")]
    [InlineData("[[1e200, 2e200], [-3e200, 1e200]]", "[1, -1]", false, 1.9414506867883021e200, "0,1")]
    [InlineData("[[1, 2], [1, 2], [2, 1]]", "[1, 1, 1]", false, 2.1213203435596424, "0,1,2")]
    public void The_margin_is_given(string x, string y, bool constant, double margin, string support)
    {
        var (limits, notes) = Of(x, y, constant);
        var hard = limits!["hard_margin"]!;
        // The second and third by hand: √637/13, the distance of the hull of (1, 2) and (3, −1); the fourth: (1.5, 1.5).
        ((double)hard["margin"]!).ShouldBe(margin, 2e-6 * margin);
        string.Join(",", hard["support_vectors"]!.AsArray().Select(static n => (int)n!)).ShouldBe(support);
        notes.ShouldBeEmpty();
        limits["expansion"].ShouldNotBeNull();
    }

    [Fact]
    public void An_example_of_zeros_is_why_there_is_none()
    {
        var (limits, _) = Of("[[1, 2], [0, 0]]", "[1, -1]", constant: false);
        ((string?)limits!["not_separable"]).ShouldNotBeNull().ShouldContain("example 1");
    }

    private static (System.Text.Json.Nodes.JsonObject? Limits, List<string> Notes) Of(string x, string y, bool constant)
    {
        var notes = new List<string>();
        var run = PreparedFlow.From(Configs.Read($$"""
            name: limits
            data: {inline: {x: {{x}}, y: {{y}}}, transforms: [{{(constant ? "constant-input" : "")}}]}
            network: {layers: [{dense: 1}]}
            init: {kind: zeros}
            loss: {name: exponential, reduction: sum}
            flow: {kind: unconstrained}
            observe: {at: {t: [1]}, measures: [loss, limits]}
            """));
        return (LimitSummary.Of(run, notes), notes);
    }
}
