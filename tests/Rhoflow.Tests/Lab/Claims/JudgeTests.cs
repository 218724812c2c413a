using Rhoflow.Lab.Claims;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Claims;

public class JudgeTests
{
    // p = premise, h = hypothesis, P = printed, a = amended; then the quantity, and + passed, - failed, ? open. After a slash: the
    // amendment's name.
    [Theory]
    [InlineData("Px+", Verdict.Holds)]
    [InlineData("px+ hx+ Px+ Py+", Verdict.Holds)]
    [InlineData("Px+ ax-/1 ay-/2", Verdict.Holds)]
    [InlineData("Px-", Verdict.Fails)]
    [InlineData("Px+ Py-", Verdict.Fails)]
    [InlineData("Px- ax+/1", Verdict.Care)]
    [InlineData("Px- Px+ ax+/1", Verdict.Care)]
    [InlineData("Px- ax+/1 az+/1", Verdict.Care)]
    [InlineData("Px- Py- ax+/1 ay+/2", Verdict.Care)]
    [InlineData("Px- Py- ax+/1 ay+/1 az-/2", Verdict.Care)]
    [InlineData("Px- ax+/1 ay-/1", Verdict.Fails)]
    [InlineData("Px- Py- ax+/1", Verdict.Fails)]
    [InlineData("Px- ay+/1", Verdict.Fails)]
    [InlineData("Px- ax-/1 ax+/2", Verdict.Care)]
    [InlineData("Px- ax?/1", Verdict.Undecided)]
    [InlineData("Px- ax+/1 ay?/1", Verdict.Undecided)]
    [InlineData("Px- ay?/1", Verdict.Fails)]
    [InlineData("Px- Py? ax+/1", Verdict.Undecided)]
    [InlineData("Px- Py? ax+/1 ay+/2", Verdict.Care)]
    [InlineData("Px? ax+/1", Verdict.Undecided)]
    [InlineData("Px+ Py?", Verdict.Undecided)]
    [InlineData("Px- Py?", Verdict.Fails)]
    [InlineData("px- Px+", Verdict.Undecided)]
    [InlineData("hx- Px+", Verdict.Undecided)]
    [InlineData("hx- Px-", Verdict.Undecided)]
    [InlineData("px- Px-", Verdict.Undecided)]
    [InlineData("px? Px+", Verdict.Undecided)]
    [InlineData("px+", Verdict.Undecided)]
    [InlineData("ax+/1", Verdict.Undecided)]
    [InlineData("", Verdict.Undecided)]
    public void Checks_fold_into_a_verdict(string checks, Verdict expected)
    {
        var list = checks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((c, i) => new Check(
            c[0] switch { 'p' => CheckRole.Premise, 'h' => CheckRole.Hypothesis, 'P' => CheckRole.Printed, _ => CheckRole.Amended },
            c.Split('/').ElementAtOrDefault(1) ?? "", $"check {i}", c[1].ToString(), 1, "1",
            c[2] switch { '+' => true, '-' => false, _ => null })).ToList();
        VerdictRule.Fold(list).ShouldBe(expected);
        // The order in which checks are made decides nothing.
        list.Reverse();
        VerdictRule.Fold(list).ShouldBe(expected);
    }

    [Fact]
    public void An_amendment_narrows_the_statement_only_where_it_measures_what_failed()
    {
        var judge = new Judge();
        judge.Printed.In("two layers").AtMost("error · log t", 3, 1);
        judge.Amended("one layer").In("one layer").AtMost("error · log t", .5, 1);
        judge.Amended("it is of order one").AtMost("error", 3, 4);
        judge.Verdict.ShouldBe(Verdict.Care);
        var outcome = judge.Outcome();
        VerdictRule.Narrower(outcome.Checks).ShouldBe(["one layer"]);
        outcome.Why.ShouldBe("As printed it does not hold: two layers: error · log t = 3 (expected ≤ 1). With care – one layer: "
            + "one layer: error · log t = 0.5 (expected ≤ 1). Instead: it is of order one: error = 3 (expected ≤ 4).");
    }

    [Theory]
    [InlineData(.95, true)]
    [InlineData(.9, true)]
    [InlineData(.7, null)]
    [InlineData(.5, null)]
    [InlineData(.4, false)]
    [InlineData(double.NaN, null)]
    public void A_bound_that_the_paper_does_not_give_leaves_the_range_between_open(double measured, bool? passed)
    {
        var judge = new Judge();
        judge.Printed.AtLeast("rank correlation", measured, lenient: .5, strict: .9);
        judge.Outcome().Checks.Single().Passed.ShouldBe(passed);
        var mirrored = new Judge();
        mirrored.Printed.AtMost("rank correlation", -measured, strict: -.9, lenient: -.5);
        mirrored.Outcome().Checks.Single().Passed.ShouldBe(passed);
        judge.Verdict.ShouldBe(passed switch { true => Verdict.Holds, false => Verdict.Fails, _ => Verdict.Undecided });
    }

    [Fact]
    public void A_set_up_outside_the_hypothesis_and_an_open_bound_are_said()
    {
        var outside = new Judge();
        outside.Hypothesis.AtLeast("margin of the data", -1, 0);
        outside.Printed.That("it holds", true);
        outside.Outcome().Why.ShouldBe("Not decided, because this is not inside the paper's hypothesis: margin of the data = -1 "
            + "(expected ≥ 0).");
        var open = new Judge();
        open.Printed.AtLeast("correlation", .7, .5, .9);
        open.Outcome().Why.ShouldBe("Not decided, because the paper gives no bound and the answer depends on it: correlation = 0.7 "
            + "(expected ≥ a bound between 0.5 and 0.9).");
    }

    [Fact]
    public void An_identity_is_labelled_only_where_it_holds()
    {
        static ClaimOutcome Outcome(double difference)
        {
            var judge = new Judge();
            judge.Identity("Euler's theorem");
            judge.Printed.AtMost("difference", difference, 1e-12);
            return judge.Outcome();
        }
        Outcome(0).Identity.ShouldBe("Euler's theorem");
        Outcome(1).Identity.ShouldBeNull();
        VerdictStyle.Of(Verdict.Holds, isIdentity: true).Label.ShouldBe("identity");
        VerdictStyle.Of(Verdict.Fails, isIdentity: true).Label.ShouldBe("fails");
    }

    [Theory]
    [InlineData(1.0, 1.0 + 0.9e-6, 1e-6, 0, true)]
    [InlineData(1.0, 1.0 + 1.1e-6, 1e-6, 0, false)]
    [InlineData(0.0, 0.5e-9, 1e-6, 1e-9, true)]
    [InlineData(-2.0, -2.1, 0.049, 0, false)]
    [InlineData(-2.0, -2.1, 0.051, 0, true)]
    public void Near_takes_the_wider_of_relative_and_absolute(double expected, double measured, double relative, double absolute,
        bool passes) =>
        new Judge().Printed.Near("x", measured, expected, relative, absolute).ShouldBe(passes);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_decides_nothing(double value)
    {
        var judge = new Judge();
        judge.Printed.AtMost("ratio", value, 1).ShouldBeFalse();
        var outcome = judge.Outcome(holds: "no", fails: "no");
        outcome.Verdict.ShouldBe(Verdict.Undecided);
        outcome.Why.ShouldContain("ratio is not finite");
        outcome.Checks.Single().Measured.ShouldBeNull();
    }

    [Fact]
    public void The_text_belongs_to_the_computed_verdict()
    {
        static ClaimOutcome Outcome(double measured)
        {
            var judge = new Judge();
            judge.Printed.Near("product", measured, 10.5, relative: 1e-3);
            judge.Amended("constant K, not K²").Near("product", measured, 9.75, relative: 1e-3);
            return judge.Outcome(care: "the constant");
        }

        Outcome(9.75).Why.ShouldBe("the constant");
        Outcome(10.5).Why.ShouldBe("As printed: product = 10.5 (expected 10.5 ± 0.011).");
        Outcome(8).Why.ShouldStartWith("Counter-example: product = 8 (expected 10.5");
    }

    [Fact]
    public void A_number_held_against_two_laws_is_one_measurement_and_two_values_under_one_name_are_refused()
    {
        var judge = new Judge();
        judge.Printed.AtMost("product", 9.75, 3);
        judge.Amended("larger").AtLeast("product", 9.75, 9);
        judge.Measure("series", 1, double.NaN, 3);
        var outcome = judge.Outcome();
        outcome.Measured.Select(m => $"{m.Name}: {m.Value!.ToJsonString()}").ShouldBe(["product: 9.75", "series: [1,null,3]"]);
        Should.Throw<InvalidOperationException>(() => judge.Measure("product", 9.8)).Message.ShouldContain("measured twice");
    }

    [Fact]
    public void Shared_results_are_computed_once_by_many_threads()
    {
        var context = new StudyContext();
        var count = 0;
        var values = new int[64];
        var shared = new SharedResult<int>(_ => Interlocked.Increment(ref count));
        Parallel.For(0, 64, i => values[i] = shared.Of(context));
        count.ShouldBe(1);
        values.ShouldAllBe(v => v == 1);
        new SharedResult<string>(_ => "text").Of(context).ShouldBe("text");
    }

    [Fact]
    public void A_family_of_shared_results_has_one_for_each_key_and_each_size()
    {
        var store = new SharedStore();
        var count = 0;
        var family = new SharedResults<(double Rho, int Seed), string>((context, key) => $"{context.Full} {key.Rho} {key.Seed} {++count}");
        StudyContext quick = new(store), full = new(store, full: true);
        family.Of(quick, (.5, 1)).ShouldBe("False 0.5 1 1");
        family.Of(quick, (.5, 2)).ShouldBe("False 0.5 2 2");
        family.Of(full, (.5, 1)).ShouldBe("True 0.5 1 3");
        family.Of(new StudyContext(store), (.5, 1)).ShouldBe("False 0.5 1 1");
        family.Of(new StudyContext(), (.5, 1)).ShouldBe("False 0.5 1 4");
    }

    [Fact]
    public void An_error_in_a_shared_result_is_thrown_to_everyone_who_asks()
    {
        var context = new StudyContext();
        var count = 0;
        var broken = new SharedResult<string>(_ => throw new InvalidOperationException($"attempt {++count}"));
        for (var i = 0; i < 2; i++) Should.Throw<InvalidOperationException>(() => broken.Of(context)).Message.ShouldBe("attempt 1");
    }
}
