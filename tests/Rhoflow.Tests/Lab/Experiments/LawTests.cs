using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

/// <summary>Laws as people type them: random expressions against an evaluator, values beyond doubles, the places of mistakes.</summary>
public sealed class LawTests
{
    private static readonly Dictionary<string, double> s_values = new(StringComparer.Ordinal)
    {
        ["t"] = 37.5,
        ["init.scale"] = 0.25,
        ["learning-rate"] = 0.1,
        ["rho_1"] = 3,
    };

    [Fact]
    public void Random_expressions_have_the_value_that_an_evaluator_gives_them()
    {
        var random = new Random();
        var compared = 0;
        for (var trial = 0; trial < 3000; trial++)
        {
            var (text, value) = Expression(random, random.Next(1, 5));
            if (!double.IsFinite(value) || Math.Abs(value) is < 1e-6 or > 1e9) continue;
            var law = Law.Parse(text);
            // What cancels loses digits, in whatever form it is computed.
            law.At(static n => SignedLog.Of(s_values[n])).Value.ShouldBe(value, 1e-6 * Math.Max(1, Math.Abs(value)), text);
            law.Names.ShouldAllBe(static n => s_values.ContainsKey(n));
            compared++;
        }
        compared.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void Laws_have_values_where_no_double_holds_t()
    {
        SignedLog T(string _) => new(1, 1000 * Math.Log(10));
        Law.Parse("1/log(t)").At(T).Value.ShouldBe(1 / (1000 * Math.Log(10)), 1e-15);
        Law.Parse("1 + 1/log(t)").At(T).Value.ShouldBe(1 + 1 / (1000 * Math.Log(10)), 1e-15);
        (Law.Parse("t^-2").At(T).Log / Math.Log(10)).ShouldBe(-2000, 1e-9);
        (Law.Parse("sqrt(t)*2").At(T).Log / Math.Log(10)).ShouldBe(500 + Math.Log10(2), 1e-9);
        Law.Parse("t - t").At(T).Value.ShouldBe(0);
        double.IsNaN(Law.Parse("log(0 - t)").At(T).Log).ShouldBeTrue();
    }

    [Theory]
    [InlineData("1/log(t", "character 8: a closing ')' is missing")]
    [InlineData("1//t", "character 3: unexpected '/'")]
    [InlineData("2 * ", "character 5: the expression ends where a value is expected")]
    [InlineData("log t", "character 5: 'log' needs its argument in parentheses")]
    [InlineData("`learning-rate", "character 1: a closing '`' is missing")]
    [InlineData("t & 2", "character 3: unexpected '&'")]
    public void A_mistake_is_named_with_its_place(string text, string what)
    {
        var error = Should.Throw<ConfigException>(() => Law.Parse(text));
        error.Message.ShouldStartWith($"--law: expression '{text}', ");
        error.Message.ShouldContain(what);
    }

    [Fact]
    public void Its_names_are_columns_keys_and_the_constant_that_is_fitted()
    {
        var law = Law.Parse("c * `descent.learning-rate` / init.scale^2 + e^(-t) * log10_loss + pi");
        law.Names.ShouldBe(["c", "descent.learning-rate", "init.scale", "t", "log10_loss"]);
        law.HasFree.ShouldBeTrue();
    }

    // A tree of so many levels, with every operation in its place, as text and as a number.
    private static (string Text, double Value) Expression(Random random, int depth)
    {
        if (depth == 0)
        {
            if (random.Next(2) == 0)
            {
                var number = Math.Round(random.NextDouble() * 10, 2);
                return (number.ToString(CultureInfo.InvariantCulture), number);
            }
            var name = s_values.Keys.ElementAt(random.Next(s_values.Count));
            return (name.Contains('-', StringComparison.Ordinal) || random.Next(4) == 0 ? $"`{name}`" : name, s_values[name]);
        }
        var (a, x) = Expression(random, depth - 1);
        var (b, y) = Expression(random, random.Next(depth));
        return random.Next(9) switch
        {
            0 => ($"({a}) + ({b})", x + y),
            1 => ($"({a}) - ({b})", x - y),
            2 => ($"({a})*({b})", x * y),
            // As laws have it: a quotient by zero and the logarithm of zero are no values.
            3 => ($"({a})/({b})", y == 0 ? double.NaN : x / y),
            4 => ($"-({a})", -x),
            5 => ($"log({a})", x <= 0 ? double.NaN : Math.Log(x)),
            6 => ($"exp(-({a}))", Math.Exp(-x)),
            7 => ($"sqrt({a})", Math.Sqrt(x)),
            _ => ($"({a})^2", x * x),
        };
    }
}
