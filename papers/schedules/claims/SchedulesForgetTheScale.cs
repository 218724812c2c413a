using Rhoflow.Descents;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>
/// Claim b82: under the square loss, ρ(t) prescribed until the data are fitted, beside gradient descent, from starts of several scales.
/// </summary>
internal static class SchedulesForgetTheScale
{
    private static readonly double[] Scales = [.3, 1, 2, 4];
    private const int Inputs = 4, Hidden = 16, Examples = 20, Steps = 20_000;
    private const double Rate = .01, FirstRho = .1, Growth = .002, LogLoss = -3;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b82-schedules-forget-the-scale",
        Paper = SchedulesPage.Paper,
        Place = "Memo 112 §6.1 (open problems)",
        Equations = ["SQ.28"],
        Hypothesis = "Square loss, a network whose ρ is prescribed apart from V_k. Memo 112 §6.1 asks and claims nothing: the schedule "
            + "and the numbers that make it a test are ours, and that this one fails does not say that there is none.",
        Statement = "“Suppose we control ρ_k independently of V_k and of equation 28: can we find ρ(t) schedules leading more "
            + "reliably to good solutions "
            + "independently of initial conditions?” Made numeric: with ρ growing from "
            + $"{Wording.Text(FirstRho)} by {Wording.Text(Growth)} a step until L ≤ {Wording.Decade(LogLoss)}, ρ and margin "
            + "at the end do not depend on the norm of the start, and are no worse than gradient descent's from its best norm.",
        SetUp = $"{Inputs}-{Hidden}-{Hidden}-1 ReLU network, {Examples} unit-norm inputs of a 3-unit ReLU teacher, square loss (mean), "
            + $"five seeds, layers of norm {string.Join(", ", Scales.Select(static s => Wording.Text(s)))}; gradient descent η = "
            + $"{Wording.Text(Rate)}, and tangent steps of V_k with η = {Wording.Text(Rate)} and ρ(k) = {Wording.Text(FirstRho)} + "
            + $"{Wording.Text(Growth)}k, both until L ≤ {Wording.Decade(LogLoss)} or {Wording.Count(Steps)} steps.",
        Expected = "Gradient descent: the larger the start the larger ρ. Schedule: the same ρ from every norm.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var ends = new Dictionary<(string, double), (double[] Rho, double[] Margin, double[] Fitted)>();
        foreach (var (name, scheduled) in new[] { ("gradient descent", false), ("schedule", true) })
        {
            var runs = Spread.Seeds.Select(seed => Run(seed, scheduled)).ToArray();
            for (var i = 0; i < Scales.Length; i++)
            {
                var s = i;
                double[] rho = [.. runs.Select(r => r[s].Rho)], margin = [.. runs.Select(r => r[s].Margin)], loss =
                    [.. runs.Select(r => r[s].Log10Loss)];
                ends[(name, Scales[i])] = (rho, margin, loss);
                var label = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} from norm {Scales[i]}");
                judge.Measure($"{label}: ρ at the end, five seeds", rho);
                judge.Measure($"{label}: mean normalized margin", margin);
                judge.Measure($"{label}: log10 L", loss);
            }
        }
        double Spreading(string name) =>
            Enumerable.Range(0, 5).Max(seed => Scales.Max(s => ends[(name, s)].Rho[seed]) / Scales.Min(s => ends[(name, s)].Rho[seed]));
        double Middle(string name, double scale) => Spread.Of(ends[(name, scale)].Margin).Median;
        judge.Printed.AtMost("schedule: ρ at the end, largest over smallest of the four norms, worst seed", Spreading("schedule"), 1.01);
        judge.Printed.AtMost("schedule: largest log10 L at the end", Scales.Max(s => ends[("schedule", s)].Fitted.Max()), -2.9);
        judge.Printed.AtLeast("schedule: median margin over gradient descent's best",
            Middle("schedule", 1) / Scales.Max(s => Middle("gradient descent", s)), .95);
        const string scale = "the scale of the start is forgotten, its direction is not";
        judge.Amended(scale).AtMost("schedule: ρ at the end, largest over smallest of the four norms, worst seed", Spreading("schedule"),
            1.01);
        judge.Amended(scale).AtLeast("gradient descent: the same", Spreading("gradient descent"), 2);
        double[] unfitted = [.. ends[("schedule", 1)].Fitted.Select(static (l, seed) => (l, seed)).Where(static e => e.l > -2.9)
            .Select(static e => (double)e.seed)];
        if (unfitted.Length > 0) judge.Measure("schedule: seeds that never fit", unfitted);
        var text = $"Median margins: schedule {Wording.Text(Middle("schedule", 1))} from every norm; gradient descent "
            + $"{string.Join(", ", Scales.Select(s => Wording.Text(Middle("gradient descent", s))))} from norms 0.3, 1, 2, 4. "
            + $"Over the norms ρ at the end differs by a factor of {Spreading("schedule"):F3} with the schedule and "
            + $"{Spreading("gradient descent"):F1} with gradient descent (worst of five seeds); "
            + $"over the seeds it is {Spread.Of(ends[("schedule", 1)].Rho)} with the schedule: the direction of the start still matters"
            + (unfitted.Length == 0 ? "." : $", and from {(unfitted.Length == 1 ? "seed" : "seeds")} {string.Join(", ", unfitted)} the "
            + $"data are never fitted (log10 L = {ends[("schedule", 1)].Fitted.Max():F2} at the end): prescribed growth of ρ leaves V "
            + "behind.");
        return judge.Outcome(holds: text, fails: text);
    }

    private static (double Rho, double Margin, double Log10Loss)[] Run(long seed, bool scheduled)
    {
        var data = TeacherData.Of(seed, Examples, Inputs);
        var network = Network.Dense(Inputs, Hidden, Hidden, 1);
        var options = new DescentOptions(new Sgd(Rate))
        {
            Normalization = scheduled ? Normalization.Tangent : Normalization.None,
            Norms = scheduled ? NormControl.Scheduled($"{Wording.Text(FirstRho)} + {Wording.Text(Growth)}*step") : null,
            Stop = new StopWhen { Log10Loss = LogLoss },
        };
        var kaiming = Initialization.Kaiming(network, new RandomStream(seed));
        using var training = new Training<double>(new DataRisk<double>(network, Loss.Square, data), [.. Scales.Select(scale =>
        {
            var theta = (double[])kaiming.Clone();
            Initialization.ScaleLayers(network, theta, [scale]);
            return new ReplicaStart(theta, options);
        })], new TrainingOptions { Threads = 1 });
        training.Train(Steps);
        return [.. training.Replicas.Select(replica =>
        {
            var f = new double[data.Count];
            var score = training.Evaluate(replica, outputs: f);
            var rho = Math.Exp(replica.LogRho());
            return (rho, f.Zip(data.Y.ToArray(), (a, y) => a * y).Average() / rho, score.Log10Loss);
        })];
    }
}
