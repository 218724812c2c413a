using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.SquareLoss;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b147: with decay no point but zero is stationary for every minibatch, so that SGD goes on.</summary>
internal static class SgdNoiseStays
{
    private const int Images = 10, Hidden = 16, StrongEpochs = 100;
    private const double Decay = .01, Strong = 1, Rest = 1e-3, Floor = 1e-8;

    // Examples of a minibatch and epochs; the last takes all images.
    private static readonly (int Batch, int Epochs)[] Sizes = [(1, 400), (5, 2000), (Images, 4000)];

    private static readonly SharedResults<(int Batch, int Epochs, double Decay), SgdStopsAtInterpolation.Ending[]> Ends =
        new(static (context, of) => Follow(context, of.Batch, of.Epochs, of.Decay));

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b147-sgd-noise-stays-with-decay",
        Paper = SincePage.Paper,
        Keywords = ["stochastic gradient descent", "weight decay"],
        Place = "Xu, Rangamani, Liao, Galanti and Poggio (Research 6:0024, 2023); Galanti and Poggio (first version of arXiv 2206.05794)",
        Hypothesis = "Homogeneous ReLU networks without biases, minibatches of B < N, decay λ‖W‖² with λ > 0, a constant rate; two "
            + "inputs at least that are not parallel (copies of one example make one minibatch of all).",
        Statement = "With decay and minibatches smaller than the training set SGD has noise for ever: there is no stationary point "
            + "common to all minibatches but the zero function.",
        SetUp = $"Digits 3 against 8, {Images} images, centred and of norm 1, ReLU net 64-{Hidden}-1, square loss, rate .05, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}, minibatches of "
            + $"{string.Join(", ", Sizes.Select(static s => s.Batch))} (the last: all), "
            + $"{string.Join(", ", Sizes.Select(static s => Wording.Count(s.Epochs)))} epochs, λ = 0 and {Wording.Short(Decay)}; and λ = "
            + $"{Wording.Short(Strong)}, at which the weights go to 0 ({StrongEpochs} epochs). Motion: the largest ‖ΔW‖ of a step in the "
            + $"last epoch over that in the first; at rest below {Wording.Decade(Math.Log10(Rest))}. That SGD without decay comes to "
            + "rest is a premise, since without it motion would say nothing about decay.",
        Expected = "SGD with decay goes on, as fast at the end as halfway, where the function is not zero; SGD without decay (which "
            + "interpolates) and SGD whose weights go to 0 come to rest; where GD with decay ends, single examples still pull.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("Largest step of an epoch, seed 0", new Axis("epoch", Scale.Log),
            new Axis("of that of the first epoch", Scale.Log, Min: Floor));
        var texts = new List<string>();
        foreach (var decay in new[] { 0, Decay })
            foreach (var (size, i) in Sizes.Select(static (s, i) => (s, i)))
            {
                var ends = Ends.Of(context, (size.Batch, size.Epochs, decay));
                var all = size.Batch == Images;
                var name = $"{(all ? "all examples" : $"minibatches of {size.Batch}")}, λ = {Wording.Short(decay)}";
                double[] motion = [.. ends.Select(static e => e.Motion)];
                judge.Measure($"{name}: motion at the end, by seed", motion);
                judge.Measure($"{name}: largest |ℓ_n|‖∂f_n‖ at the end, by seed", [.. ends.Select(static e => e.Pull)]);
                var halfway = ends.Min(static e => e.Path[^1] / e.Path[e.Path.Length / 2]);
                if (decay > 0) judge.Measure($"{name}: motion in the last epoch over that halfway, least of five seeds", halfway);
                if (decay > 0 && !all)
                {
                    var sgd = judge.Printed.In($"minibatches of {size.Batch}, with decay");
                    sgd.AtLeast("motion of SGD, least of five seeds", motion.Min(), 10 * Rest);
                    sgd.AtLeast("motion of SGD in the last epoch over that halfway, least of five seeds", halfway, .5);
                }
                else if (decay == 0 && !all) judge.Premise.In(name).AtMost("motion, largest of five seeds", motion.Max(), Rest);
                else if (decay > 0)
                    judge.Amended("GD with decay ends where single examples pull").In(name).AtLeast(
                        "largest |ℓ_n|‖∂f_n‖ where GD ends (0: every example stationary), least of five seeds",
                        ends.Min(static e => e.Pull), 10 * Rest);
                double[] epochs = [.. Enumerable.Range(1, size.Epochs).Select(static e => (double)e)];
                double[] path = [.. ends[0].Path.Select(static p => Math.Max(p, Floor))];
                panel = decay > 0 ? panel.Line(name, epochs, path, i) : panel.Predicted(name, epochs, path, i);
                texts.Add($"{name}: {Wording.Text(Spread.Of(motion))}");
            }
        var zero = Ends.Of(context, (1, StrongEpochs, Strong));
        judge.Printed.In($"minibatches of 1, λ = {Wording.Short(Strong)}").AtMost("motion, largest of five seeds",
            zero.Max(static e => e.Motion), Rest);
        judge.Printed.In($"minibatches of 1, λ = {Wording.Short(Strong)}").AtMost("largest |f_n| that it ends with",
            zero.Max(static e => Math.Abs(1 - e.Misfit)), Rest);
        var text = $"Motion left at the end, median (extremes) of five seeds. {string.Join("; ", texts)}. Two minibatches that differ in "
            + "one example have the same gradient only where the two examples have; with every minibatch at −2λW_k all ∂ℓ_n/∂W_1 = δ_n "
            + $"x_nᵀ are the same matrix −2λW_1, so that W_1 = 0 unless all x_n are parallel. At λ = {Wording.Short(Strong)} that is where "
            + "SGD ends, at rest.";
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart(panel) { Columns = 1 },
            caption: "Solid: with decay; dashed: without. A constant rate.");
    }

    private static SgdStopsAtInterpolation.Ending[] Follow(StudyContext context, int batch, int epochs, double decay)
    {
        var digits = Digits.Load().OfClasses("3", "8").Binary("3");
        var data = digits.Choose(new RandomStream(0, stream: 147).Permutation(digits.Count)[..Images]).Center().UnitNorm();
        return SgdStopsAtInterpolation.Follow(Network.Dense(data.Inputs, Hidden, 1), data, Spread.Seeds, batch, decay, epochs, context);
    }
}
