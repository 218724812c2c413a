using Rhoflow.Flows;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

public class ScheduleTests
{
    [Theory]
    [InlineData("log-t", "log(t)")]
    [InlineData("log-log-t", "log(log(t))")]
    [InlineData("inverse-log-t", "1/log(t)")]
    [InlineData("exp-t", "exp(t)")]
    public void Named_schedules_equal_their_expressions_by_either_route(string name, string expression)
    {
        var named = Schedule.Parse(name);
        var parsed = Schedule.Parse(expression);
        foreach (var u in new[] { 1.01, 2.0, 5.0, 50.0, 700.0 })
            named.LogValue(u).ShouldBe(parsed.LogValue(u), Math.Abs(named.LogValue(u)) * 1e-12 + 1e-13);
        named.Value(1.5).ShouldBe(Expression.Parse(expression).At(Math.Exp(1.5)), 1e-10 * Math.Abs(named.Value(1.5)));
    }

    [Theory]
    [InlineData("2 + 3*4", 14)]
    [InlineData("2^3^2", 512)]
    [InlineData("-2^2 + 5", 1)]
    [InlineData("(1+t)/2", 2)]
    [InlineData("sqrt(t+1)*1e1", 20)]
    [InlineData("log(exp(t))-1", 2)]
    [InlineData("2*e/e", 2)]
    [InlineData("2^-1", 0.5)]
    [InlineData("10 - 3 - 2", 5)]
    [InlineData("16/4/2", 2)]
    public void Expressions_follow_the_usual_rules(string text, double expected) =>
        Expression.Parse(text).At(3).ShouldBe(expected, 1e-14);

    [Fact]
    public void An_expression_survives_times_that_no_double_holds()
    {
        var logT = 1000 * Math.Log(10);
        Schedule.Parse("t^2/(1+t)").LogValue(logT).ShouldBe(logT, 1e-9);
        Schedule.Parse("log(t)^2").LogValue(logT).ShouldBe(2 * Math.Log(logT), 1e-12);
        Schedule.Parse("t - 0.5*t").LogValue(logT).ShouldBe(logT + Math.Log(0.5), 1e-9);
        Schedule.Parse("sqrt(t) + 3").LogValue(logT).ShouldBe(logT / 2, 1e-9);
        Schedule.Parse("exp(-t)*exp(t+1)").LogValue(Math.Log(800)).ShouldBe(1, 1e-9);
    }

    [Fact]
    public void A_schedule_says_where_it_is_positive()
    {
        Schedule.LogT.IsDefinedAt(0).ShouldBeFalse();
        Schedule.LogT.IsDefinedAt(1e-9).ShouldBeTrue();
        Schedule.LogLogT.IsDefinedAt(0.999).ShouldBeFalse();
        Schedule.LogLogT.IsDefinedAt(1.001).ShouldBeTrue();
        Schedule.Parse("t-2").IsDefinedAt(Math.Log(1.5)).ShouldBeFalse();
        Schedule.Parse("1-t").IsDefinedAt(5000).ShouldBeFalse();
        Schedule.LogLogT.SmallestT.ShouldBe(Math.E);
        Schedule.Constant(2.5).Value(3).ShouldBe(2.5, 1e-15);
    }

    [Theory]
    [InlineData("2 +", "character 4")]
    [InlineData("log t", "needs its argument in parentheses")]
    [InlineData("x*2", "'x' is not known")]
    [InlineData("(1+t", "closing ')'")]
    [InlineData("1 2", "unexpected '2'")]
    [InlineData("1e999", "not a finite number")]
    [InlineData("", "expected")]
    public void Errors_name_the_place_and_what_is_allowed(string text, string expected)
    {
        var error = Should.Throw<FormatException>(() => Schedule.Parse(text));
        error.Message.ShouldContain(expected);
        error.Message.ShouldContain("allowed: numbers, t");
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_not_a_crash() =>
        Should.Throw<FormatException>(() => Expression.Parse(new string('(', 100000))).Message.ShouldContain("nested too deeply");
}
