using System.Globalization;
using Rhoflow.Lab.Config;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Config;

/// <summary>What a person writes for many values, and the values that are run.</summary>
public class SweepRangeTests
{
    [Theory]
    [InlineData("seed=0..8..2", "0 2 4 6 8")]
    [InlineData("seed=0..9..4", "0 4 8")]
    [InlineData("seed=9..0..-3", "9 6 3 0")]
    [InlineData("seed=-2..1", "-2 -1 0 1")]
    [InlineData("descent.learning-rate=0.1..0.3..0.1", "0.1 0.2 0.3")]
    [InlineData("descent.learning-rate=0.3..0.1..-0.1", "0.3 0.2 0.1")]
    [InlineData("descent.learning-rate=0..1..0.25", "0 0.25 0.5 0.75 1")]
    [InlineData("descent.learning-rate=1e-3..3e-3..1e-3", "0.001 0.002 0.003")]
    [InlineData("descent.learning-rate=0..0.7..0.1", "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7")]
    [InlineData("descent.learning-rate=log:1e-4..1e-1..4", "0.0001 0.001 0.01 0.1")]
    [InlineData("descent.learning-rate=log:1e-1..1e-4..4", "0.1 0.01 0.001 0.0001")]
    [InlineData("descent.learning-rate=log:1..16..5", "1 2 4 8 16")]
    [InlineData("descent.momentum=lin:0..1..5", "0 0.25 0.5 0.75 1")]
    [InlineData("descent.batch=30,null", "30 null")]
    [InlineData("descent.batch=1,4..6,10", "1 4 5 6 10")]
    [InlineData("data.classes=[a, b],[c, d]", "[a, b] [c, d]")]
    [InlineData("flow={kind: fixed-rho, rho: 1},{kind: lagrange}", "{kind: fixed-rho, rho: 1} {kind: lagrange}")]
    [InlineData("name=\"a,b\",'c,d'", "\"a,b\" 'c,d'")]
    [InlineData("name=\"a\\\",b\",c", "\"a\\\",b\" c")]
    [InlineData("name=\"0..3\"", "\"0..3\"")]
    [InlineData("data.path=../x/a.csv", "../x/a.csv")]
    [InlineData("name=a..b", "a..b")]
    public void A_range_is_its_values(string argument, string expected) => Values(argument).ShouldBe(expected);

    [Theory]
    [InlineData("seed=0.1..0.3", "numbers that are not whole need a step in '0.1..0.3'")]
    [InlineData("seed=1e-3..1e-1", "numbers that are not whole need a step")]
    [InlineData("seed=9..0", "runs backwards")]
    [InlineData("seed=0..8..-2", "the step leads away from the end")]
    [InlineData("seed=0..8..0", "a step other than 0")]
    [InlineData("seed=0..8..2..1", "this is no range")]
    [InlineData("seed=0..", "this is no range")]
    [InlineData("seed=0..x", "this is no range")]
    [InlineData("seed=0..1e9..1", "more than 100000 values")]
    [InlineData("seed=0..9999999999999999", "more than 100000 values")]
    [InlineData("seed=log:0..1..3", "both ends must be > 0")]
    [InlineData("seed=log:1e-4..1e-1", "two ends and a number of points")]
    [InlineData("seed=log:1e-4..1e-1..1.5", "two ends and a number of points")]
    [InlineData("seed=lin:0..1..1", "a number of points between 2 and 100000")]
    [InlineData("seed=lin:0..1..2147483647", "a number of points between 2 and 100000")]
    [InlineData("~seed=3", "write ~key.sub")]
    [InlineData("~", "write ~key.sub")]
    public void A_mistake_says_how_it_is_written(string argument, string expected)
    {
        var message = Should.Throw<ConfigException>(() => Overrides.Expand([argument], sweep: true)).Message;
        message.ShouldContain(expected);
        if (argument[0] != '~') message.ShouldContain("log:1e-4..1e-1..4");
    }

    [Fact]
    public void Points_keep_equal_ratios_and_their_ends()
    {
        var random = new Random();
        for (var i = 0; i < 50; i++)
        {
            var (a, b, n) = (Math.Pow(10, random.Next(-300, 300) / 10.0), Math.Pow(10, random.Next(-300, 300) / 10.0), random.Next(2, 40));
            var text = string.Create(CultureInfo.InvariantCulture, $"x=log:{a:R}..{b:R}..{n}");
            double[] values = [.. Values(text).Split(' ').Select(static v => double.Parse(v, CultureInfo.InvariantCulture))];
            (values.Length, values[0], values[^1]).ShouldBe((n, a, b), text);
            for (var k = 1; k < n; k++)
                (values[k] / values[k - 1]).ShouldBe(Math.Pow(b / a, 1.0 / (n - 1)), 1e-10 * Math.Pow(b / a, 1.0 / (n - 1)), text);
        }
    }

    [Fact]
    public void Steps_are_the_decimal_numbers_that_a_person_would_write()
    {
        var random = new Random();
        for (var i = 0; i < 50; i++)
        {
            // In whole hundredths: 0.07..0.91..0.12 and the like.
            var (from, step, count) = (random.Next(-500, 500), random.Next(1, 200), random.Next(1, 30));
            string Text(int hundredths) => (hundredths / 100m).ToString(CultureInfo.InvariantCulture);
            var expected = Enumerable.Range(0, count).Select(k => double.Parse(Text(from + k * step), CultureInfo.InvariantCulture));
            Values($"x={Text(from)}..{Text(from + (count - 1) * step)}..{Text(step)}").Split(' ')
                .Select(static v => double.Parse(v, CultureInfo.InvariantCulture)).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("descent.epochs=1e1", "epochs: 10")]
    [InlineData("descent.epochs=10.0", "epochs: 10")]
    [InlineData("descent.epochs=0.5e1", "epochs: 5")]
    [InlineData("seed=1e3", "seed: 1000")]
    public void A_whole_number_may_be_written_with_an_exponent(string argument, string expected) =>
        DescentRuns.Trainings.Read(argument).ToYaml().ShouldContain(expected);

    [Theory]
    [InlineData("descent.epochs=1e-1")]
    [InlineData("descent.epochs=1.5")]
    [InlineData("descent.epochs=1e30")]
    [InlineData("descent.epochs=-1e1")]
    [InlineData("seed=1e400")]
    public void A_number_that_is_not_whole_is_refused(string argument) =>
        Should.Throw<ConfigException>(() => DescentRuns.Trainings.Read(argument)).Message.ShouldContain("was given");

    [Fact]
    public void Null_and_tilde_take_a_key_away()
    {
        var whole = DescentRuns.Trainings.Read().ToYaml();
        whole.ShouldContain("label-noise");
        DescentRuns.Trainings.Read("descent.label-noise=null").ToYaml()
            .ShouldBe(DescentRuns.Trainings.Read("~descent.label-noise").ToYaml());
        DescentRuns.Trainings.Read("~data.test").ToYaml().ShouldBe(DescentRuns.Trainings.Read("data.test=0").ToYaml());
        DescentRuns.Trainings.Read("descent.stop=null").ToYaml().ShouldBe(whole);
        DescentRuns.Trainings.Read("network.layers.1=null").ToYaml().ShouldNotContain("batch-norm");
        DescentRuns.Trainings.Read("++descent.rule=momentum").ToYaml().ShouldBe(whole);
        Should.Throw<ConfigException>(() => DescentRuns.Trainings.Read("~descent.btach")).Message
            .ShouldContain("descent.btach is not in the config, so it cannot be taken away; nearest: batch");
        Should.Throw<ConfigException>(() => DescentRuns.Trainings.Read("descent.kind=null")).Message
            .ShouldContain("the key 'kind' is missing");
    }

    private static string Values(string argument) =>
        string.Join(' ', Overrides.Expand([argument], sweep: true).Select(static r => r[0].Value));
}
