using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim b60: trees against shallow networks of as many parameters, both trained from many starts.</summary>
internal static class TrainedTreesNeedFewerParameters
{
    private const int Shallow = 0, Tree = 2;

    private const string Enough = "from four units a vertex on";

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b60-trained-trees-need-fewer-parameters",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "figure 1 and the third point of the list in §2C; a test by training, not of Theorem 2",
        Equations = ["PNAS.2"],
        Hypothesis = "A function of the graph, networks as training finds them. Theorem 2 is about the best network of a size: the "
            + "best of several starts bounds its error from above, of trees and of shallow networks alike, and two such "
            + "bounds do not order the least errors.",
        Statement = "Trained from several starts, a network on f's graph reaches with fewer parameters the accuracy of a shallow "
            + "one.",
        SetUp = $"The runs of b163, n = {TrainedNetworks.Inputs}, two analytic functions: the tree with "
            + $"{string.Join(", ", TrainedNetworks.Units)} softplus units a vertex against one layer with as many parameters, "
            + $"and with twice as many, the best of {TrainedNetworks.Starts} starts of each. The shallow network is given its "
            + "error on the training points, which it fits too well, the tree its error on fresh ones. Adam was put before "
            + "Levenberg–Marquardt after a first look at trees that were worse than dense networks; it serves all kinds. "
            + "With two units a vertex it hangs on the starts: by medians, or without the best start on different vertices, "
            + "the tree is not better. “From four units on” was written after the results. b160 has the order of the tree's "
            + "error, b161 the class.",
        Expected = "The best tree has a smaller error than the best shallow network of as many parameters and of twice as many, "
            + "at every size.",
        History = ["was ≈ until 2026-11-28, because a trained network that is worse than the shallow one was taken for a counter-example "
            + "to a theorem on the best network of a size",
            "was ? until 2026-11-30, with Adam alone, medians of five seeds and the exponent −m/2 of networks whose m is not finite; b160 "
            + "has that exponent now"],
        Figures = ["theoretical-issues/figure-01"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        List<string> sentences = [];
        for (var target = 0; target < TrainedNetworks.Targets.Count; target++)
        {
            List<double> gains = [];
            foreach (var units in TrainedNetworks.Units)
            {
                var (tree, shallow) = (TrainedNetworks.Errors(context, target, Tree, units),
                    TrainedNetworks.Errors(context, target, Shallow, units));
                const string gain = "error of the best shallow network, as fitted, over that of the best tree";
                var at = $"{TrainedNetworks.Targets[target]}, {units} units a vertex";
                gains.Add(TrainedNetworks.Fitted(context, target, Shallow, units) / tree.Min);
                judge.Printed.In(at).AtLeast(gain, gains[^1], 1);
                if (units >= 4) judge.Amended(Enough).In(at).AtLeast(gain, gains[^1], 1);
                if (TrainedNetworks.Units.Contains(2 * units))
                {
                    const string twice =
                        "error of the best shallow network with twice the parameters, as fitted, over that of the best tree";
                    var fewer = TrainedNetworks.Fitted(context, target, Shallow, 2 * units) / tree.Min;
                    judge.Printed.In(at).AtLeast(twice, fewer, 1);
                    if (units >= 4) judge.Amended(Enough).In(at).AtLeast(twice, fewer, 1);
                }
                sentences.Add($"{at}: tree {Wording.Text(tree)}, shallow {Wording.Text(shallow)}");
            }
            judge.Measure($"{TrainedNetworks.Targets[target]}: shallow over tree by size", [.. gains]);
        }
        var text = $"Errors over std f, median (best … worst start): {string.Join("; ", sentences)}.";
        return judge.Outcome(holds: text, fails: text, open: text,
            care: "With two units a vertex it hangs on the start; from four on the tree is better than shallow networks of the "
                + $"same size, and with four than those of twice the size. {text}",
            chart: new Chart([.. Enumerable.Range(0, TrainedNetworks.Targets.Count).Select(t =>
                LocalityNotWeightSharing.Panel(context, t))]), caption: "Lines: the best start; dots: all starts.");
    }
}
