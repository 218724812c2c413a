using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b133: ρ controlled apart from V_k, beside ρ by its own equation, from several directions on the same data.
/// </summary>
internal static class SchedulesReachTheFit
{
    private const int Examples = 20, Fresh = 1000, Inputs = 4, Hidden = 16, Directions = 3;
    private static readonly double[] s_starts = [.1, 10];

    private sealed record End(double Rho, double Loss, double Margin, double Error)
    {
        public bool IsFitted => Loss <= PrescribedNorm.Fitted;
    }

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b133-schedules-reach-the-fit",
        Title = "Schedules of ρ lead more reliably to good solutions",
        Paper = SourcePapers.SquareLoss,
        Place = "§6.1, first remark",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "Square loss, normalized V_k, λ = 0 (§6.1 names no decay), overparametrized networks, ρ controlled apart from V_k. "
            + "§6.1 asks and claims nothing; the schedules and the numbers that make it a test are ours, and a failure does not say that "
            + "there is no schedule.",
        Statement = "“Suppose we control ρ_k independently of V_k and of equation 28: can we find ρ(t) schedules leading more reliably to "
            + "good solutions independently of initial conditions?” Made numeric: a schedule that grows ρ fits the data from at "
            + "least as many starts as ρ’s own equation, ends with less scattered ρ over the starts on the same data, and with margins no "
            + "smaller.",
        SetUp = $"ReLU networks {Inputs}-{Hidden}-{Hidden}-1, {Examples} examples of gaussian-teacher, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}, {Directions} directions V_k each, mean of (ρf − y)² ≤ "
            + $"{Wording.Short(PrescribedNorm.Fitted)} as the fit, at most "
            + $"{Wording.Count(PrescribedNorm.MostSteps)} steps of size {Wording.Short(BatchNormModel.SmallSize)}/(1 + ρ²). Own equation: "
            + $"eq. 5 from ρ(0) = {string.Join(" and ", s_starts.Select(static s => Wording.Short(s)))}, all {2 * Directions} starts "
            + $"together. Schedules: {string.Join("; ", PrescribedNorm.All.Select(static c => c.Name))}. Test error on "
            + $"{Wording.Count(Fresh)} fresh inputs of the same teacher. Judged is the best of the three schedules, chosen on the "
            + "same data; “less scattered” where the 95 % interval over the data sets (Student) does not reach 0. The scatter of the own "
            + "equation is over six starts, of a schedule over three. Loss threshold, width and steps were changed after a first "
            + "look. b82 has the same question for gradient descent on W_k from starts of several scales.",
        Expected = "No answer is given by the paper.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var seeds = Spread.Seeds;
        var own = seeds.Select(s => Own(context, s)).ToArray();
        var small = own.Select(static e => e.Take(Directions).ToArray()).ToArray();
        Report(judge, "own equation, both ρ(0)", own);
        Report(judge, "own equation, ρ(0) = .1", small);
        Report(judge, "own equation, ρ(0) = 10", [.. own.Select(static e => e.Skip(Directions).ToArray())]);
        var panel = new Panel("ρ where the data are first fitted", new Axis("data set (seed)", Min: -.5, Max: seeds.Count - .5),
            new Axis("ρ", Scale.Log));
        panel = Dots(panel, "own equation from ρ = .1", small, -.3, 0);
        panel = Dots(panel, "own equation from ρ = 10", [.. own.Select(static e => e.Skip(Directions).ToArray())], -.1, 1);
        var schedules = PrescribedNorm.All.Select((control, i) =>
        {
            context.Progress(control.Name);
            var ends = seeds.Select(s => Scheduled(context, s, control)).ToArray();
            Report(judge, control.Name, ends);
            panel = Dots(panel, control.Name, ends, .1 + .1 * i, 2 + i);
            double[] Logs(End[][] of, Func<End[], double> what) => [.. of.Select(e => Math.Log(what(e)))];
            return (control.Name, Ends: ends, Share: Share(ends) - Share(own),
                Scatter: PairedDifference.Of(Logs(own, Scatter), Logs(ends, Scatter)),
                Margin: PairedDifference.Of(Logs(ends, Margin), Logs(own, Margin)));
        }).ToArray();
        // “Can we find”: one is enough; the one that fits most often, then the least scattered.
        var best = schedules.OrderByDescending(static s => s.Share).ThenByDescending(static s => s.Scatter.Mean).First();
        var group = judge.Printed.In(best.Name);
        group.AtLeast("share of starts that fit, less that of ρ’s own equation", best.Share, 0);
        group.AtLeast("log of the scatter of ρ by its own equation over that by the schedule, mean over the data sets", best.Scatter.Mean,
            lenient: -best.Scatter.Half, strict: best.Scatter.Half);
        group.AtLeast("log of the mean margin over that by ρ’s own equation, mean over the data sets", best.Margin.Mean,
            lenient: -best.Margin.Half, strict: 0);
        string[] texts = [.. schedules.Select(static s => $"{s.Name}: {Wording.Text(Share(s.Ends))}, "
            + $"{Wording.Text(Median(s.Ends, Scatter))}, {Wording.Text(Median(s.Ends, Rho))}, {Wording.Text(Median(s.Ends, Error))}")];
        var text = "Share of starts that fit, median scatter of ρ (its own equation over six starts from two ρ(0), schedules over three "
            + $"from one), median ρ and test error. Own equation: {Wording.Text(Share(own))}, "
            + $"{Wording.Text(Median(own, Scatter))}, {Wording.Text(Median(own, Rho))}, {Wording.Text(Median(own, Error))}; from ρ = .1 "
            + $"alone {Wording.Text(Share(small))}, {Wording.Text(Median(small, Scatter))}, {Wording.Text(Median(small, Rho))}, "
            + $"{Wording.Text(Median(small, Error))}. {string.Join("; ", texts)}.";
        text += $" The best of the three, {best.Name}, is chosen and judged on the same data.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart(panel));
    }

    private static Panel Dots(Panel panel, string name, End[][] ends, double shift, int colour) => panel.Points(name,
        [.. ends.SelectMany((e, s) => e.Where(static x => x.IsFitted).Select(_ => s + shift))],
        [.. ends.SelectMany(static e => e.Where(static x => x.IsFitted).Select(static x => x.Rho))], colour);

    private static void Report(Judge judge, string name, End[][] ends)
    {
        judge.Measure($"{name}: share of starts that fit", Share(ends));
        judge.Measure($"{name}: scatter of ρ over the starts, by data set", [.. ends.Select(Scatter)]);
        judge.Measure($"{name}: median ρ, by data set", [.. ends.Select(Rho)]);
        judge.Measure($"{name}: median test error, by data set", [.. ends.Select(Error)]);
    }

    private static double Share(End[][] ends) => ends.Average(static e => e.Average(static x => x.IsFitted ? 1.0 : 0));

    private static double Median(End[][] ends, Func<End[], double> of) =>
        ends.Select(of).Where(double.IsFinite).ToArray() is { Length: > 0 } known ? Spread.Of(known).Median : double.NaN;

    private static double Scatter(End[] ends) => Of(ends, static f => f.Max(static e => e.Rho) / f.Min(static e => e.Rho));

    private static double Rho(End[] ends) => Of(ends, static f => Spread.Of(f.Select(static e => e.Rho)).Median);

    private static double Margin(End[] ends) => Of(ends, static f => f.Average(static e => e.Margin));

    private static double Error(End[] ends) => Of(ends, static f => Spread.Of(f.Select(static e => e.Error)).Median);

    // Starts that did not fit are no solutions; their share is given by itself.
    private static double Of(End[] ends, Func<End[], double> of) =>
        ends.Where(static e => e.IsFitted).ToArray() is { Length: > 0 } fitted ? of(fitted) : double.NaN;

    private static (EmpiricalRisk Risk, Dataset Test) Problem(long seed)
    {
        var all = GaussianTeacher.Draw(Examples + Fresh, Inputs, seed);
        Dataset Part(int from, int count) => all.Choose([.. Enumerable.Range(from, count)]);
        var network = Network.Dense(Inputs, Hidden, Hidden, 1);
        return (new EmpiricalRisk(network, Loss.Square, Part(0, Examples), Reduction.Sum), Part(Examples, Fresh));
    }

    private static double[] Start(Network network, int direction) => Initialization.Normal(network, new RandomStream(direction, 24));

    private static End[] Own(StudyContext context, long seed)
    {
        var (risk, test) = Problem(seed);
        return [.. s_starts.SelectMany(rho => Enumerable.Range(0, Directions).Select(d =>
            Ended(new PrescribedNorm(risk, Start(risk.Network, d)).To(PrescribedNorm.Own(rho), context.Cancellation), test)))];
    }

    private static End[] Scheduled(StudyContext context, long seed, PrescribedNorm.Control control)
    {
        var (risk, test) = Problem(seed);
        return [.. Enumerable.Range(0, Directions).Select(d =>
            Ended(new PrescribedNorm(risk, Start(risk.Network, d)).To(control, context.Cancellation), test))];
    }

    private static End Ended(PrescribedNorm run, Dataset test) =>
        new(Math.Abs(run.Rho), run.Loss, run.Margins().Average() * Math.Sign(run.Rho), run.ErrorOn(test));
}
