using Rhoflow.Lab.Claims;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Claims;

public class JudgeTests
{
    // p = premise, P = printed, c = corrected, i = instead; + passed, - failed, ? not measured.
    [Theory]
    [InlineData("P+", Verdict.Holds)]
    [InlineData("p+ P+ P+", Verdict.Holds)]
    [InlineData("P+ c- i-", Verdict.Holds)]
    [InlineData("P-", Verdict.Fails)]
    [InlineData("P+ P-", Verdict.Fails)]
    [InlineData("P- c+", Verdict.Care)]
    [InlineData("P- c+ c+", Verdict.Care)]
    [InlineData("P- c+ c-", Verdict.Fails)]
    [InlineData("P- c+ c?", Verdict.Undecided)]
    [InlineData("P- i+", Verdict.Fails)]
    [InlineData("P- c- i+", Verdict.Fails)]
    [InlineData("P? c+", Verdict.Undecided)]
    [InlineData("P+ P?", Verdict.Undecided)]
    [InlineData("P- P?", Verdict.Fails)]
    [InlineData("p- P+", Verdict.Undecided)]
    [InlineData("p- P-", Verdict.Undecided)]
    [InlineData("p? P+", Verdict.Undecided)]
    [InlineData("p+", Verdict.Undecided)]
    [InlineData("c+", Verdict.Undecided)]
    [InlineData("", Verdict.Undecided)]
    public void Checks_fold_into_a_verdict(string checks, Verdict expected)
    {
        var list = checks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((c, i) => new Check(
            c[0] switch { 'p' => CheckRole.Premise, 'P' => CheckRole.Printed, 'c' => CheckRole.Corrected, _ => CheckRole.Instead },
            "", $"check {i}", 1, "1", c[1] switch { '+' => true, '-' => false, _ => null })).ToList();
        Judge.Fold(list).ShouldBe(expected);
        var withCare = Judge.Fold(list, needsCare: true);
        withCare.ShouldBe(expected == Verdict.Holds ? Verdict.Care : expected);
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
            judge.Corrected("constant K, not K²").Near("product", measured, 9.75, relative: 1e-3);
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
        judge.Instead("larger").AtLeast("product", 9.75, 9);
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
