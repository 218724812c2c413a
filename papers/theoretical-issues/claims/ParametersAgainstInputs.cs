using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim b162: on the tree, parameters for one accuracy grow like n − 1.</summary>
internal static class ParametersAgainstInputs
{
    private const double ProductAccuracy = 1e-4;

    // Of parameters against n − 1; the bounds are ours and were set after the numbers.
    private const double Linear = 1.2, Quadratic = 2;

    private static readonly int[] s_shallow = [4, 8];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b162-parameters-grow-linearly-with-n",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "§2C, Theorem 2",
        Equations = ["PNAS.2"],
        Hypothesis = "Compositions along a binary tree, accuracy ε in the sup norm, a deep network of the same graph. (That shallow "
            + "networks of the same accuracy need many more the paper supports by examples: for compositional functions “it "
            + "seems natural to assume” it. For functions as a class b161 has their bound, for the single f drawn here none "
            + "is known.)",
        Statement = "“For f ∈ W_m^{n,2} … N = O((n − 1) ε^{−2/m})”: at one ε the parameters of the tree grow like n − 1.",
        SetUp = "The networks of b160 on trees over n = 2, 4, 8, 16 (no vertex like another), parameters for one ε, the "
            + "geometric mean of the errors at n = 8, by straight lines between sizes in logarithms. Functions with a kink "
            + "shrink with n (their standard deviation from .33 to .03), so that one ε becomes easier relative to them; the "
            + "analytic one does not. Shallow networks for the same functions, 8 … 512 softplus or ReLU ridges drawn at "
            + "random, are shown and not judged: a fit bounds their least size from above only, and theirs is a poorer one "
            + "than the tree's (four uniform points a unit, where the tree has Chebyshev's). At first their sizes were "
            + "judged, and the claim failed: for the analytic one, n = 8, none was better than the constant 0. ∏ x_i: a tree "
            + $"with four softplus units a vertex (δ = {ProductOfInputs.Step}), ε = {ProductAccuracy}, which is Taylor's "
            + "formula.",
        Expected = "log of the parameters against log(n − 1), end to end: a slope of at most 1.2; from 2 on it fails. 1.2 was set "
            + "after the numbers.",
        Figures = ["theoretical-issues/figure-01"],
        Check = Check,
    };

    /// <summary>Parameters for a sup error, between sizes by straight lines in logarithms; NaN where no size reaches it.</summary>
    internal static double Needed(IReadOnlyList<(double Parameters, double Error)> sizes, double error)
    {
        for (var i = 0; i < sizes.Count; i++)
        {
            if (sizes[i].Error > error) continue;
            if (i == 0) return sizes[0].Parameters;
            var share = Math.Log(sizes[i - 1].Error / error) / Math.Log(sizes[i - 1].Error / sizes[i].Error);
            return sizes[i - 1].Parameters * Math.Pow(sizes[i].Parameters / sizes[i - 1].Parameters, share);
        }
        return double.NaN;
    }

    /// <summary>The accuracy at which a family is compared.</summary>
    internal static double Accuracy(StudyContext context, int family) =>
        Math.Exp(GraphNetworks.Of(context, family, smooth: true, 8).Average(static r => Math.Log(r.Sup)));

    /// <summary>Parameters of trees at that accuracy for each n.</summary>
    internal static double[] Trees(StudyContext context, int family) =>
        [.. GraphNetworks.Inputs.Select(n => Needed(Sizes(context, family, n), Accuracy(context, family)))];

    private static List<(double, double)> Sizes(StudyContext context, int family, int inputs) =>
        [.. GraphNetworks.Of(context, family, smooth: true, inputs).Select(static r => (r.Parameters, r.Sup))];

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        List<string> linear = [], rivals = [];
        foreach (var family in Constituents.Families)
        {
            var name = Constituents.Name(family);
            var needed = Trees(context, family);
            judge.Printed.In(name).AtMost("slope of log parameters against log(n − 1) from n = 2 to 16",
                Math.Log(needed[^1] / needed[0]) / Math.Log(GraphNetworks.Inputs[^1] - 1), Linear, Quadratic);
            linear.Add($"{name}, ε = {Wording.Text(Accuracy(context, family), 2)}: "
                + $"{string.Join(", ", needed.Zip(GraphNetworks.Inputs, static (p, n) => $"{p / (n - 1):0}"))} a vertex");
            foreach (var n in s_shallow)
            {
                var best = ShallowNetworks.Of(context, family, n).MinBy(static r => r.Sup)!;
                judge.Measure($"{name}, n = {n}: least sup error of the shallow networks, its parameters, and the tree's for it",
                    [best.Sup, best.Parameters, Needed(Sizes(context, family, n), best.Sup)]);
                rivals.Add($"{name}, n = {n}: sup {Wording.Text(best.Sup, 2)} with {best.Parameters:0}");
            }
        }
        List<string> product = [];
        foreach (var n in GraphNetworks.Inputs)
        {
            var (parameters, sup) = ProductOfInputs.Tree(n);
            judge.Printed.In($"∏ x_i, n = {n}").AtMost("sup error of the tree with 16(n − 1) parameters", sup, ProductAccuracy);
            judge.Premise.Near($"∏ x_i, n = {n}: parameters", parameters, 16 * (n - 1), relative: 1e-12);
            product.Add($"n = {n}: {parameters:0} parameters, sup {Wording.Text(sup, 2)}; the rank of derivatives, which a "
                + $"shallow network needs units for as ε → 0, is {Wording.Count(ProductOfInputs.Rank(n))}");
        }
        foreach (var n in new[] { 2, 4, 8 })
        {
            var rows = ShallowNetworks.Of(context, ShallowNetworks.Product, n);
            judge.Measure($"∏ x_i, n = {n}: sup errors of shallow networks of {string.Join(", ", ShallowNetworks.Units)} units",
                [.. rows.Select(static r => r.Sup)]);
            judge.Measure($"∏ x_i, n = {n}: units for {ProductAccuracy}, as fitted (NaN: more than {ShallowNetworks.Units[^1]})",
                $"{Needed([.. rows.Select(static r => ((double)r.Units, r.Sup))], ProductAccuracy):0}");
        }
        var text = $"Trees over n = 2, 4, 8, 16, parameters: {string.Join("; ", linear)}. "
            + $"Shallow, as fitted: {string.Join("; ", rivals)}. ∏ x_i: {string.Join("; ", product)}.";
        return judge.Outcome(holds: text, fails: text, open: text,
            chart: new Chart(Panel(context)), caption: "Solid: parameters of networks on trees for one ε a family. Dashed: in proportion "
                + "to "
                + "n − 1 from n = 2.");
    }

    /// <summary>Parameters against n at one accuracy a family.</summary>
    public static Panel Panel(StudyContext context)
    {
        double[] n = [.. GraphNetworks.Inputs.Select(static n => (double)n)];
        var panel = new Panel("Parameters at one accuracy", new Axis("inputs n", Scale.Log), new Axis("parameters", Scale.Log));
        foreach (var m in Constituents.Kinks)
        {
            var needed = Trees(context, m);
            panel = panel.Line($"tree, m = {m}, ε = {Wording.Text(Accuracy(context, m), 2)}", n, needed, m)
                .Predicted($"∝ n − 1, m = {m}", n, x => needed[0] * (x - 1), m);
        }
        return panel.Line("∏ xᵢ, tree: 16(n − 1)", n, [.. n.Select(static x => 16 * (x - 1))], 0);
    }
}
