using System.Text.RegularExpressions;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Typesetting;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.Equations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Everything mathematical that the papers' report shows can be set: the equations, and the formulas in the texts.</summary>
public partial class TypesettingTests
{
    [Fact]
    public void The_renderer_refuses_no_formula_of_the_catalogue()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out var renderer, out var missing), $"no renderer here: {missing}");
        var formulas = Texts().SelectMany(FormulasInText.Of).Where(static p => p.Tex is not null)
            .Select(static p => new Formula(p.Tex!, Display: false)).Concat(Equations()).ToHashSet();
        formulas.Count.ShouldBeGreaterThan(1000);
        var (set, refused) = renderer.Typeset(formulas, TestContext.Current.CancellationToken);
        refused.Select(static r => $"{r.Key.Tex}: {r.Value}").ShouldBeEmpty();
        set.Count.ShouldBe(formulas.Count);
        set.Values.ShouldAllBe(static m => m.StartsWith("<math", StringComparison.Ordinal)
            && m.EndsWith("</math>", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_TeX_is_refused_with_a_reason()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out var renderer, out var missing), $"no renderer here: {missing}");
        var (set, refused) = renderer.Typeset(
            [new(@"\rho_k", false), new(@"\frac{1}{", true), new(@"\nosuchletter", false)], TestContext.Current.CancellationToken);
        set.Keys.ShouldBe([new Formula(@"\rho_k", false)]);
        refused.Count.ShouldBe(2);
        refused.Values.ShouldAllBe(static r => r.Length > 10);
    }

    [Fact]
    public void No_index_is_left_in_the_prose()
    {
        var left = Texts().SelectMany(static t => FormulasInText.Of(t).Where(static p => p.Tex is null)
            .Where(static p => Raw().IsMatch(p.Text)).Select(p => $"{p.Text} IN {t}")).Distinct().ToList();
        left.ShouldBeEmpty();
    }

    [Fact]
    public void No_equation_leaves_TeX_in_its_plain_text()
    {
        foreach (var formula in Equations())
        {
            var plain = PlainTex.Of(formula.Tex);
            plain.ShouldNotContain("\\", Case.Sensitive, formula.Tex);
            plain.ShouldNotContain("frac", Case.Sensitive, formula.Tex);
            int opened = plain.Count('('), closed = plain.Count(')');
            (closed - opened).ShouldBe(formula.Tex.Count(')') - formula.Tex.Count('('), plain);
        }
    }

    [Fact]
    public void Long_equations_are_broken_outside_of_brackets()
    {
        foreach (var tex in EquationTable.All.SelectMany(static e => new[] { e.Tex, e.Corrected }).OfType<string>())
        {
            var parts = FormulaParts.Of(tex).SelectMany(static e => e).ToList();
            string.Concat(parts).Replace(" ", "", StringComparison.Ordinal)
                .ShouldBe(tex.Replace(@"\quad", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
            parts.ShouldAllBe(static p => p.Count('{') == p.Count('}'));
        }
        var two = FormulaParts.Of(@"a = \left( b = c \right) \leq \sum_{n=1} d(e = f), \quad g > 0");
        two.Count.ShouldBe(2);
        two[0].ShouldBe(["a", @"= \left( b = c \right)", @"\leq \sum_{n=1} d(e = f),"]);
        two[1].ShouldBe(["g", "> 0"]);
    }

    private static IEnumerable<Formula> Equations() => EquationTable.All.SelectMany(static e => new[] { e.Tex, e.Corrected })
        .OfType<string>().SelectMany(static t => FormulaParts.Of(t).SelectMany(static e => e))
        .Select(static t => new Formula(t, Display: true));

    private static IEnumerable<string> Texts()
    {
        foreach (var claim in PapersCatalog.Claims)
            foreach (var text in (string[])[claim.Title, claim.Statement, claim.Hypothesis, claim.SetUp, claim.Expected, claim.Place,
                claim.Finding ?? "", .. claim.History]) yield return text;
        foreach (var figure in PapersCatalog.Figures)
            foreach (var text in (string[])[figure.Title, figure.Caption]) yield return text;
        foreach (var theorem in PapersCatalog.Papers.SelectMany(static p => p.Theorems))
            foreach (var text in (string[])[theorem.Supposes, theorem.Place, .. theorem.Items.Select(static i => i.Says)])
                yield return text;
        foreach (var equation in EquationTable.All)
            foreach (var text in (string[])[equation.Says, equation.Why ?? "", equation.Note ?? ""]) yield return text;
    }

    // A letter with an index or an exponent; not snake_case.
    [GeneratedRegex(@"(?<![\p{L}\p{N}_])\p{L}\p{M}*_|[‖)\]|]_|\^", RegexOptions.CultureInvariant)]
    private static partial Regex Raw();
}
