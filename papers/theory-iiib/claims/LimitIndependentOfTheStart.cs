using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b18: the limit direction does not depend on the start for one linear layer; for deep networks it does.</summary>
internal static class LimitIndependentOfTheStart
{
    private const int DiagonalStarts = 20, Inputs = 4, Hidden = 8, Examples = 12;
    private const double Deviation = .1, LogEnd = 100, ReluLogEnd = 60;
    private static readonly double[] X = [.9, .5, .3];
    private static readonly double[] LogInstants = [10, 100, 1000];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b18-limit-independent-of-the-start",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§4, Lemma 1.2, Proposition 5, Proposition 6; Theory III §1 for linear networks",
        Equations = ["T3b.4"],
        Hypothesis = "Exponential loss, data that the network separates, gradient flow to a zero minimum of the loss at infinity "
            + "(Proposition 5). §7 adds that deep nonlinear networks have several maximum-margin solutions; Proposition 5 does not.",
        Statement = "Under the exponential loss the normalized weights of each layer converge to the minimum-norm (maximum-margin) "
            + "solution, independently of initial conditions.",
        SetUp = $"Linear: Iris, setosa against the rest, gradient flow to t = {Wording.Decade(LogInstants[^1])} from five random starts "
            + $"(normal, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}). Deep: three diagonal layers on the one example x = "
            + $"{Wording.Row(X)}, y = 1, gradient flow to t = {Wording.Decade(LogEnd)} from {DiagonalStarts} small random starts "
            + $"(normal, deviation {Wording.Short(Deviation)}, seeds 0–{DiagonalStarts - 1}). Also ReLU nets {Inputs}-{Hidden}-1 from five "
            + $"starts (layers of norm 1, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}) on one set of {Examples} "
            + $"examples of gaussian-teacher (seed 1), to t = {Wording.Decade(ReluLogEnd)}.",
        Expected = "One limit for all starts: the same direction and the same normalized margin.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var iris = Iris.Load().Binary("setosa");
        var svm = HardMargin.Solve(iris);
        Instant[] late = [.. LogInstants.Select(Instant.FromLog10T)];
        var linear = Spread.Seeds.Select(seed =>
            new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(4, 1), Loss.Exponential, iris, Reduction.Sum))
            .From(ExampleSets.Normal(4, seed, stream: 4)).At(late, context.Cancellation).ToArray()).ToArray();
        var errors = Enumerable.Range(0, 3).Select(i => linear.Max(run => run[i].DirectionError(svm.Direction))).ToArray();
        var spreads = Enumerable.Range(0, 3).Select(i =>
            (from a in linear from b in linear select Vectors.Distance(a[i].LinearDirection(), b[i].LinearDirection())).Max()).ToArray();
        judge.Measure($"linear: largest distance from the SVM at t = {string.Join(", ", LogInstants.Select(Wording.Decade))}", errors);
        judge.Measure($"linear: largest distance between two starts at t = {string.Join(", ", LogInstants.Select(Wording.Decade))}",
            spreads);
        const string layer = "one linear layer";
        judge.Amended(layer).AtMost("linear: largest distance from the SVM at t = 1e1000", errors[2], 1e-2);
        judge.Amended(layer).AtMost("linear: distance between starts at t = 1e1000 over that at 1e10, with 1/log t = 0.01",
            spreads[2] / spreads[0], .02);

        var net = Network.Diagonal(3, 3);
        var risk = new EmpiricalRisk(net, Loss.Exponential, new Dataset("one example", X, [1], 3), Reduction.Sum);
        var margins = Enumerable.Range(0, DiagonalStarts).Select(seed => new UnconstrainedFlow(risk)
            .From(Initialization.Normal(net, new RandomStream(seed, 5), scale: Deviation))
            .At([Instant.FromLog10T(LogEnd)], context.Cancellation)
            .Single().Margin).ToArray();
        var deep = Spread.Of(margins);
        judge.Measure($"diagonal nets: normalized margin at t = {Wording.Decade(LogEnd)} from {DiagonalStarts} starts", margins);
        judge.Printed.AtMost($"diagonal nets: greatest less least limiting margin over {DiagonalStarts} starts", deep.Max - deep.Min, .01);
        foreach (var x in X)
            judge.Measure($"diagonal nets: starts that end within 0.02 of the margin {x}", margins.Count(m => Math.Abs(m - x) < .02));

        var relu = Relu(context);
        if (relu.Length > 1) judge.Measure($"ReLU nets: normalized margins at t = {Wording.Decade(ReluLogEnd)}, five starts", relu);

        var order = margins.Order().ToArray();
        var chart = new Chart(new Panel("Three diagonal layers, one example", new Axis("start, sorted"),
            new Axis($"normalized margin at t = {Wording.Decade(LogEnd)}", Min: 0, Max: 1))
            .Points("limit", [.. Enumerable.Range(1, order.Length).Select(i => (double)i)], order)
            .Level($"one-hot on x¹ = {Wording.Short(X[0])}", X[0]).Level($"x² = {Wording.Short(X[1])}", X[1])
            .Level($"x³ = {Wording.Short(X[2])}", X[2]));
        return judge.Outcome(
            care: $"One linear layer: yes – from five starts the directions differ by {Lab.Claims.Check.Text(spreads[2])} at t = 1e1000 "
                + $"and are {Lab.Claims.Check.Text(errors[2])} from the SVM at most. Deep networks: no – three diagonal layers on one "
                + $"example end at normalized margins between {Lab.Claims.Check.Text(deep.Min)} and {Lab.Claims.Check.Text(deep.Max)}, "
                + "one-hot on the coordinate that the start chose. Theory III and Theoretical issues say 'one of several maximizers', "
                + "which agrees.",
            chart: chart, caption: "Each start ends on one coordinate of the example; only those on the largest have the maximum margin.");
    }

    private static double[] Relu(StudyContext context)
    {
        var net = Network.Dense(Inputs, Hidden, 1);
        var risk = new EmpiricalRisk(net, Loss.Exponential, GaussianTeacher.Draw(Examples, Inputs, 1), Reduction.Sum);
        var margins = new List<double>();
        foreach (var seed in Spread.Seeds)
        {
            var theta = Initialization.Normal(net, new RandomStream(seed, 6));
            Initialization.ScaleLayers(net, theta, [1]);
            try
            {
                margins.Add(new UnconstrainedFlow(risk).From(theta, new IntegrationOptions { MaxSteps = 20_000 })
                    .At([Instant.FromLog10T(ReluLogEnd)], context.Cancellation).Single().Margin);
            }
            catch (IntegrationException)
            {
                // A run that stays on a kink has no later margin to compare.
            }
        }
        return [.. margins];
    }
}
