using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b57: SGD at a constant rate comes to rest only where ℓ_n ∂f_n = 0 for every n: at interpolation, and where units are dead.
/// </summary>
internal static class SgdStopsAtInterpolation
{
    private const double Rate = .05, Rest = 1e-3;
    private const int NarrowUnits = 3, NarrowExamples = 8, NarrowStarts = 10;

    private static readonly (string Name, int Hidden, int Examples, double Decay, int Epochs)[] Cases =
        [("over-parametrized", 30, 8, 0, 2000), ("under-parametrized", 0, 40, 0, 2000), ("linear, weight decay", 0, 3, .01, 10_000),
            ("over-parametrized, weight decay", 30, 8, .01, 2000)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b57-sgd-stops-at-interpolation",
        Paper = SourcePapers.SquareLoss,
        Place = "Footnote 8; App. E, eq. 39",
        Hypothesis = "Square loss, SGD with minibatches at a constant rate, a critical point where GD stops (footnote 8; eq. 39 also with "
            + "decay).",
        Statement = "SGD, unlike GD, stops only when ℓ_n = 0 for all n, at perfect interpolation; at the other critical points, where GD "
            + "stops, SGD never stops but fluctuates.",
        SetUp = $"Square loss, gaussian-teacher in R⁴, constant rate {Wording.Short(Rate)}, one example a step (SGD) or all (GD), "
            + $"seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}: (i) a ReLU net 4-{Cases[0].Hidden}-1 on {Cases[0].Examples} examples, "
            + $"{Wording.Count(Cases[0].Epochs)} epochs; (ii) one linear layer on {Cases[1].Examples} examples, which it cannot fit; "
            + $"(iii) one linear layer on {Cases[2].Examples} examples with λ = {Wording.Short(Cases[2].Decay)} of λ‖W‖², "
            + $"{Wording.Count(Cases[2].Epochs)} epochs; (iv) as (i) with the same λ, SGD alone judged. Motion: the largest ‖ΔW‖ "
            + $"of a step in the last epoch over that in the first; at rest below {Wording.Decade(Math.Log10(Rest))}. (v) Narrow ReLU nets "
            + $"4-{NarrowUnits}-1, {NarrowExamples} examples, {NarrowStarts} starts "
            + "for each seed: where SGD rests, which ℓ_n = f_n − y_n are left?",
        Expected = "SGD at rest in (i) and (v) alone, with ℓ_n = 0 for all n; GD at rest in all.",
        Check = Check,
    };

    /// <summary>What a training ended with.</summary>
    /// <param name="Motion">Largest step of the last epoch over that of the first.</param>
    /// <param name="Misfit">max_n |ℓ_n|.</param>
    /// <param name="Pull">max_n |ℓ_n|·‖∂f_n/∂W‖: what SGD still feels.</param>
    /// <param name="Seen">max |ℓ_n| of the examples that some unit sees, ∂f_n/∂W ≠ 0; 0 where there is none.</param>
    /// <param name="Path">The largest step of every epoch over that of the first.</param>
    internal sealed record Ending(double Motion, double Misfit, double Pull, double Seen, double[] Path);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("Largest step of an epoch, seed 0", new Axis("epoch", Scale.Log),
            new Axis("‖ΔW‖ over that of the first epoch", Scale.Log));
        const string left = "largest |ℓ_n| where SGD rests",
            dead = "of the examples that some unit sees: where ∂f_n/∂W = 0, SGD stops whatever ℓ_n is";
        var texts = new List<string>();
        var colour = 0;
        foreach (var (name, hidden, examples, decay, length) in Cases)
        {
            Ending[] Runs(int batch) => [.. Spread.Seeds.Select(seed =>
                Follow(Net(hidden), GaussianTeacher.Draw(examples, 4, seed), [seed], batch, decay, length, context)[0])];
            Ending[] gd = Runs(0), sgd = Runs(1);
            judge.Measure($"{name}: motion of SGD, by seed", [.. sgd.Select(e => e.Motion)]);
            judge.Measure($"{name}: motion of GD, by seed", [.. gd.Select(e => e.Motion)]);
            judge.Measure($"{name}: largest |ℓ_n| of SGD at the end, by seed", [.. sgd.Select(e => e.Misfit)]);
            if (hidden == 0 || decay == 0) judge.Printed.AtMost($"{name}: motion of GD, most of five", gd.Max(e => e.Motion), Rest);
            if (hidden > 0 && decay == 0)
            {
                judge.Printed.AtMost($"{name}: motion of SGD, most of five", sgd.Max(e => e.Motion), Rest);
                judge.Printed.In(name).AtMost(left, sgd.Max(e => e.Misfit), 10 * Rest);
                judge.Amended(dead).In($"{name}, examples that some unit sees").AtMost(left, sgd.Max(e => e.Seen), 10 * Rest);
            }
            else
            {
                judge.Printed.AtLeast($"{name}: motion of SGD, least of five", sgd.Min(e => e.Motion), 10 * Rest);
                judge.Printed.AtLeast($"{name}: largest |ℓ_n| left by GD, least of five", gd.Min(e => e.Misfit), 10 * Rest);
            }
            double[] epochs = [.. Enumerable.Range(1, sgd[0].Path.Length).Select(e => (double)e)];
            panel = panel.Line($"SGD, {name}", epochs, sgd[0].Path, colour).Predicted($"GD, {name}", epochs, gd[0].Path, colour++);
            texts.Add($"{name}: SGD {Wording.Text(Spread.Of(sgd.Select(e => e.Motion)).Median)}, GD "
                + $"{Wording.Text(Spread.Of(gd.Select(e => e.Motion)).Median)}, |ℓ_n| ≤ {Wording.Text(sgd.Max(e => e.Misfit))}");
        }
        Ending[] narrow = [.. Spread.Seeds.SelectMany(seed => Follow(Net(NarrowUnits),
            GaussianTeacher.Draw(NarrowExamples, 4, seed),
            [.. Enumerable.Range(0, NarrowStarts).Select(i => 100 + NarrowStarts * seed + i)], 1, 0, 4000, context))];
        Ending[] rested = [.. narrow.Where(e => e.Motion <= Rest)];
        Ending[] misfits = [.. rested.Where(e => e.Misfit > .1)];
        judge.Measure("narrow: starts that come to rest, of 50", rested.Length);
        judge.Premise.AtLeast("starts at rest, narrow nets", rested.Length, 1);
        judge.Measure("narrow: starts that come to rest with some |ℓ_n| > .1", misfits.Length);
        judge.Measure("narrow: largest |ℓ_n|·‖∂f_n/∂W‖ where SGD rests", rested.Max(e => e.Pull));
        judge.Printed.In("narrow").AtMost(left, rested.Max(e => e.Misfit), 10 * Rest);
        judge.Amended(dead).In("narrow, examples that some unit sees").AtMost(left, rested.Max(e => e.Seen), 10 * Rest);
        var text = $"Motion left at the end (medians of five). {string.Join("; ", texts)}. SGD goes on where it cannot interpolate, and "
            + "with weight decay everywhere, so that equation 39, which is to hold where it stops, is not reached for λ > 0. "
            + $"But of 50 narrow nets {rested.Length} come to rest and {misfits.Length} of these with some |ℓ_n| above .1 (up to "
            + $"{Wording.Text(misfits.Length == 0 ? 0 : misfits.Max(e => e.Misfit))}): no unit is on for that example, ∂f_n = 0, and SGD "
            + "stops there like GD.";
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart(panel),
            caption: "Solid: one example a step; dashed: all examples. A rate that is constant: what ends the motion is the loss alone.");
    }

    private static Network Net(int hidden) => hidden == 0 ? Network.Dense(4, 1) : Network.Dense(4, hidden, 1);

    /// <summary>Trains from several starts with the same examples in the same order.</summary>
    internal static Ending[] Follow(Network net, Dataset data, IReadOnlyList<long> starts, int batch, double decay, int epochs,
        StudyContext context)
    {
        var options = new DescentOptions(new Sgd(Rate, 0, batch)) { WeightDecay = [decay], Seed = 5 };
        using var training = new Training<double>(new DataRisk<double>(net, Loss.Square, data),
            [.. starts.Select(s => new ReplicaStart(Initialization.Kaiming(net, new RandomStream(s, 57)), options))],
                new TrainingOptions { Threads = 1 });
        var before = training.Replicas.Select(r => r.Weights.ToArray()).ToArray();
        var largest = starts.Select(_ => new double[epochs]).ToArray();
        var step = 0;
        training.Train(epochs, context.Cancellation, t =>
        {
            var epoch = step++ / t.StepsPerEpoch;
            for (var i = 0; i < before.Length; i++)
            {
                var now = t.Replicas[i].Weights;
                largest[i][epoch] = Math.Max(largest[i][epoch], Vectors.Distance(now, before[i]));
                now.CopyTo(before[i]);
            }
        });
        var evaluation = new ChainPasses(net, data.X, data.Count);
        var rows = new double[data.Count * net.ParameterCount];
        return [.. before.Select((theta, i) =>
        {
            evaluation.Forward(theta);
            evaluation.PerExample(theta, rows);
            double misfit = 0, pull = 0, seen = 0;
            for (var n = 0; n < data.Count; n++)
            {
                var error = Math.Abs(evaluation.Outputs[n] - data.Y[n]);
                misfit = Math.Max(misfit, error);
                var slope = Vectors.Norm(rows.AsSpan(n * net.ParameterCount, net.ParameterCount));
                pull = Math.Max(pull, error * slope);
                if (slope > 0) seen = Math.Max(seen, error);
            }
            return new Ending(largest[i][^1] / largest[i][0], misfit, pull, seen, [.. largest[i].Select(m => m / largest[i][0])]);
        })];
    }
}
