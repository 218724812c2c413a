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
    private const int DiagonalStarts = 20, ReluStarts = 20, Units = 4, Inputs = 4, Hidden = 8, Examples = 12;
    private const double Deviation = .1, LogEnd = 100, ReluLogEnd = 60;
    private static readonly double[] X = [.9, .5, .3];
    private static readonly double[] LogInstants = [10, 100, 1000];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b18-limit-independent-of-the-start",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§4, Lemma 1.2, Proposition 5 (a conjecture); Theory III §1 for linear networks",
        Equations = ["T3b.4"],
        Hypothesis = "Exponential loss, networks of §3 (dense layers, ReLU or linear units), data that the network separates, gradient "
            + "flow to a zero minimum of the loss at infinity. Proposition 5, a “conjecture” (§12.2), and Lemma 1.2 say independently of "
            + "initial conditions; Theorem 3.2 and Proposition 6 say it of “the local (for the specific minimum)” solution, and §7 adds "
            + "that deep nonlinear networks have several, one for each global minimum. That local reading, the same limit for all starts "
            + "that reach one minimum, is not tested here for deep networks.",
        Statement = "Under the exponential loss the normalized weights of each layer converge to the minimum-norm (maximum-margin) "
            + "solution, independently of initial conditions.",
        SetUp = $"Linear: Iris, setosa against the rest, gradient flow to t = {Wording.Decade(LogInstants[^1])} from five random starts "
            + $"(normal, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}). Deep: ReLU nets 2-{Units}-1 on the two examples (1, 0) and (0, 1), "
            + $"both labelled +1, gradient flow to t = {Wording.Decade(LogEnd)} from {ReluStarts} small random starts (normal, deviation "
            + $"{Wording.Short(Deviation)}, seeds 0–{ReluStarts - 1}; those that separate). Beside them three diagonal layers on the one "
            + $"example x = {Wording.Row(X)}, y = 1, gradient flow to t = {Wording.Decade(LogEnd)} from {DiagonalStarts} small random "
            + $"starts (normal, deviation {Wording.Short(Deviation)}, seeds 0–{DiagonalStarts - 1}). Also ReLU nets {Inputs}-{Hidden}-1 "
            + $"from five starts (layers of norm 1, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}) on one set of {Examples} examples of "
            + $"gaussian-teacher (seed 1), to t = {Wording.Decade(ReluLogEnd)}.",
        Expected = "One limit for all starts: the same direction and the same normalized margin. (Of two orthogonal unit examples a unit "
            + "that sees both has the margin 1/√2, two units that see one each have ½, and which units see what does not change along "
            + "the flow.)",
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
        judge.Hypothesis.AtLeast("margin of Iris", svm.Margin, 1e-3);
        const string spread = "greatest less least limiting margin over the starts, over the greatest";
        static double Relative(double[] margins) => (margins.Max() - margins.Min()) / margins.Max();
        double[] one = [.. linear.Select(run => run[2].Margin)];
        judge.Printed.In("one linear layer").AtMost(spread, Relative(one), .01);
        var layer = judge.Amended("one linear layer, as §4 has it after [1]; deep nonlinear networks have several maximum-margin "
            + "solutions, as §7 says");
        layer.In("one linear layer").AtMost(spread, Relative(one), .01);
        layer.AtMost("linear: largest distance from the SVM at t = 1e1000", errors[2], 1e-2);
        layer.AtMost("linear: distance between starts at t = 1e1000 over that at 1e10, with 1/log t = 0.01", spreads[2] / spreads[0], .02);

        var corners = Corners(context);
        judge.Hypothesis.AtLeast($"ReLU nets 2-{Units}-1: starts of {ReluStarts} that separate the two examples", corners.Length, 5);
        judge.Measure($"ReLU nets 2-{Units}-1: normalized margins at t = {Wording.Decade(LogEnd)}, starts that separate", corners);
        judge.Printed.In($"ReLU nets 2-{Units}-1").AtMost(spread, Relative(corners), .01);
        int both = corners.Count(m => Math.Abs(m - Math.Sqrt(.5)) < .02), apart = corners.Count(m => Math.Abs(m - .5) < .02);
        judge.Measure($"ReLU nets 2-{Units}-1: starts that end within 0.02 of 1/√2, of ½, elsewhere", both, apart,
            corners.Length - both - apart);

        var net = Network.Diagonal(3, 3);
        var risk = new EmpiricalRisk(net, Loss.Exponential, new Dataset("one example", X, [1], 3), Reduction.Sum);
        var margins = Enumerable.Range(0, DiagonalStarts).Select(seed => new UnconstrainedFlow(risk)
            .From(Initialization.Normal(net, new RandomStream(seed, 5), scale: Deviation))
            .At([Instant.FromLog10T(LogEnd)], context.Cancellation)
            .Single().Margin).ToArray();
        var deep = Spread.Of(margins);
        judge.Measure($"diagonal nets: normalized margin at t = {Wording.Decade(LogEnd)} from {DiagonalStarts} starts", margins);
        judge.Measure($"diagonal nets: greatest less least limiting margin over {DiagonalStarts} starts", deep.Max - deep.Min);
        foreach (var x in X)
            judge.Measure($"diagonal nets: starts that end within 0.02 of the margin {x}", margins.Count(m => Math.Abs(m - x) < .02));

        var relu = Relu(context);
        if (relu.Length > 1) judge.Measure($"ReLU nets: normalized margins at t = {Wording.Decade(ReluLogEnd)}, five starts", relu);

        double[] order = [.. margins.Order()], sorted = [.. corners.Order()];
        var chart = new Chart(new Panel($"ReLU nets 2-{Units}-1, two orthogonal examples", new Axis("start, sorted"),
            new Axis($"normalized margin at t = {Wording.Decade(LogEnd)}", Min: 0, Max: 1))
            .Points("limit", [.. Enumerable.Range(1, sorted.Length).Select(i => (double)i)], sorted)
            .Level("a unit sees both: 1/√2", Math.Sqrt(.5)).Level("one each: ½", .5),
            new Panel("Three diagonal layers, one example", new Axis("start, sorted"),
            new Axis($"normalized margin at t = {Wording.Decade(LogEnd)}", Min: 0, Max: 1))
            .Points("limit", [.. Enumerable.Range(1, order.Length).Select(i => (double)i)], order)
            .Level($"one-hot on x¹ = {Wording.Short(X[0])}", X[0]).Level($"x² = {Wording.Short(X[1])}", X[1])
            .Level($"x³ = {Wording.Short(X[2])}", X[2]));
        return judge.Outcome(
            care: $"One linear layer: yes – from five starts the directions differ by {Lab.Claims.Check.Text(spreads[2])} at t = 1e1000 "
                + $"and are {Lab.Claims.Check.Text(errors[2])} from the SVM at most. Deep networks: no – of {corners.Length} starts of a "
                + $"ReLU net 2-{Units}-1 on two orthogonal examples {both} end at the normalized margin 1/√2, where a unit sees both, "
                + $"{apart} at ½, where each example has units of its own, and {corners.Length - both - apart} between (least "
                + $"{Lab.Claims.Check.Text(corners.Min())}, greatest {Lab.Claims.Check.Text(corners.Max())}). Three diagonal layers end "
                + $"one-hot on the coordinate that the start chose, at margins between {Lab.Claims.Check.Text(deep.Min)} and "
                + $"{Lab.Claims.Check.Text(deep.Max)}. §7, Theory III and Theoretical issues say 'one of several maximizers', which "
                + "agrees.",
            chart: chart, caption: "Each start ends at a margin that its units chose; only some have the greatest.");
    }

    // Margins of the starts at which both examples have a unit that carries them to +1.
    private static double[] Corners(StudyContext context)
    {
        var net = Network.Dense(2, Units, 1);
        var data = new Dataset("two orthogonal examples", [1, 0, 0, 1], [1, 1], 2);
        var risk = new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum);
        var margins = new List<double>();
        for (var seed = 0; seed < ReluStarts; seed++)
        {
            context.Progress($"two orthogonal examples, seed {seed}");
            try
            {
                var margin = new UnconstrainedFlow(risk).From(Initialization.Normal(net, new RandomStream(seed, 5), scale: Deviation),
                    new IntegrationOptions { MaxSteps = 20_000 }).At([Instant.FromLog10T(LogEnd)], context.Cancellation).Single().Margin;
                if (margin > 1e-3) margins.Add(margin);
            }
            catch (IntegrationException)
            {
                // Held on a kink: no limit to compare.
            }
        }
        return [.. margins];
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
