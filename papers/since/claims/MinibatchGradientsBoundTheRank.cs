using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Measures.Structure;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b144: what m minibatches and decay say about the rank of a layer.</summary>
internal static class MinibatchGradientsBoundTheRank
{
    private const int Width = 64, Images = 512, Steps = 2000;

    // B, μ, λ of λ‖W‖².
    private static readonly (int Batch, double Rate, double Decay)[] Cases = [(1, .05, .016), (4, .05, .016), (4, .2, .016)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b144-minibatch-gradients-bound-the-rank",
        Paper = SincePage.Paper,
        Keywords = ["low rank", "weight decay"],
        Place = "Galanti, Siegel, Gupte and Poggio (arXiv 2206.05794), §3",
        Hypothesis = "Any loss, ReLU layers W of full matrices, plain SGD at a constant rate μ with minibatches of B and decay λ‖W‖², "
            + "μλ < 1/2, no momentum (with momentum a gradient acts for many steps). For its other form, within ε of a matrix of rank "
            + "B log(2/ε)/(2μλ), the theorem also supposes that ‖W_T‖ comes to stand; that rank exceeds the layers here, so that the "
            + "form is vacuous and not judged. The bound was noted from a summary of the paper.",
        Statement = "W_T/‖W_T‖_F is within (1 − 2μλ)^m ‖W_{T−m}‖_F/‖W_T‖_F of a matrix of rank mB, for every m.",
        SetUp = $"Digits in ten classes, {Images} images, ReLU net 64-{Width}-{Width}-{Width}-10, cross-entropy (mean), float64, Kaiming "
            + $"start, {Wording.Count(Steps)} steps, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}, (B, μ, λ) = "
            + $"{string.Join(", ", Cases.Select(c => $"({c.Batch}, {Wording.Short(c.Rate)}, {Wording.Short(c.Decay)})"))}. The distance of "
            + "W_T/‖W_T‖_F to rank r is √(Σ_{i>r} σ_i²)/‖W_T‖_F, for every r = mB below the size of the layer. The other way round, "
            + "without the bound: the singular values of W_T − (1 − 2μλ)^m W_{T−m} beyond the first mB.",
        Expected = "No distance above its bound; W_T − (1 − 2μλ)^m W_{T−m} of rank mB to rounding.",
        Figures = ["since/low-rank"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var (ratio, beyond, weakest) = (0.0, 0.0, double.PositiveInfinity);
        Panel[] panels = [];
        var texts = new List<string>();
        foreach (var of in Cases)
        {
            Trained[] ends = Follow(of, context);
            var network = Net;
            double[] distances = new double[Width], bounds = new double[Width];
            foreach (var end in ends)
                foreach (var (k, layer) in network.Layers.Index())
                {
                    var sizes = Tails(layer, end.Before[0]);
                    for (var m = 1; m * of.Batch < sizes.Length; m++)
                    {
                        var (bound, distance) = (Bound(of, m, layer, end), sizes[m * of.Batch]);
                        ratio = Math.Max(ratio, distance / bound);
                        if (k != 1) continue;
                        weakest = Math.Min(weakest, bound);
                        distances[m * of.Batch] = Math.Max(distances[m * of.Batch], distance);
                        bounds[m * of.Batch] = Math.Max(bounds[m * of.Batch], bound);
                    }
                    if (k == 1) beyond = Math.Max(beyond, Beyond(of, m: 3, layer, end));
                }
            var name = $"B = {of.Batch}, μ = {Wording.Short(of.Rate)}, λ = {Wording.Short(of.Decay)}";
            judge.Measure($"{name}: training loss at the end, by seed", [.. ends.Select(static e => e.Loss)]);
            double[] r = [.. Enumerable.Range(0, Width).Where(i => bounds[i] > 0).Select(static i => (double)i)];
            var half = r.First(i => distances[(int)i] <= .1);
            var theorem = of.Batch * Math.Log(2 / .1) / (2 * of.Rate * of.Decay);
            judge.Measure($"{name}: rank within .1 of W_2/‖W_2‖, worst seed; B log(2/ε)/(2μλ)", half, theorem);
            texts.Add($"{name}: rank {half} is within .1 of W_2, the other form allows {Wording.Count((long)theorem)}");
            panels = [.. panels, new Panel(name, new Axis("rank r", Min: 0, Max: Width), new Axis("distance of W_2/‖W_2‖ to rank r",
                Scale.Log, Min: 1e-4, Max: 2))
                .Line("largest of five seeds", r, [.. r.Select(i => distances[(int)i])], 0)
                .Predicted("(1 − 2μλ)^{r/B} ‖W_{T−r/B}‖/‖W_T‖", r, [.. r.Select(i => bounds[(int)i])], 1)];
        }
        judge.Premise.AtMost("largest σ_{mB+1}/σ_1 of W_T − (1 − 2μλ)^m W_{T−m}, m = 3, second layer", beyond, 1e-10);
        judge.Printed.AtMost("largest distance to rank mB over (1 − 2μλ)^m ‖W_{T−m}‖/‖W_T‖, all layers, seeds and m", ratio, 1 + 1e-9);
        judge.Measure("least bound of all m and seeds, second layer", weakest);
        judge.Identity("W_T − (1 − 2μλ)^m W_{T−m} is −μ times a sum of m gradients, and a minibatch's gradient of a layer, Σ δ_n h_nᵀ, "
            + "has rank B at most; (1 − 2μλ)^m W_{T−m} is what is left");
        return judge.Outcome(chart: new Chart(panels) { Columns = 3 },
            holds: $"No distance is above its bound (largest ratio {Wording.Text(ratio)}), and W_T − (1 − 2μλ)^3 W_{{T−3}} has no singular "
                + $"value beyond the first 3B ({Wording.Text(beyond)} of the largest). It is true by algebra, and far from what the layers "
                + $"are: {string.Join("; ", texts)}, which is vacuous, more than a layer of {Width} units has. At rates at "
                + $"which these nets train the bound never falls below {Wording.Text(weakest)} within the size of the layer: "
                + "the rank falls because gradients of different steps share their directions, of which the theorem says nothing.",
            caption: "Solid: what is left of W_2 beyond rank r. Dashed: the bound for r = mB.");
    }

    private static Network Net { get; } = Network.Dense(64, Width, Width, Width, 10);

    /// <summary>The weights of the last steps, W_T first, and the loss.</summary>
    private sealed record Trained(double[][] Before, double Loss);

    private static Trained[] Follow((int Batch, double Rate, double Decay) of, StudyContext context)
    {
        context.Progress($"B = {of.Batch}, μ = {of.Rate}");
        var digits = Digits.Load().ScalePixels().Center();
        var data = digits.Choose(new RandomStream(0, stream: 144).Permutation(digits.Count)[..Images]);
        var options = new DescentOptions(new Sgd(of.Rate, 0, of.Batch)) { WeightDecay = [of.Decay] };
        using var training = new Training<double>(new DataRisk<double>(Net, Loss.CrossEntropy, data),
            [.. Spread.Seeds.Select(s => new ReplicaStart(Initialization.Kaiming(Net, new RandomStream(s, stream: 144)), options))],
            new TrainingOptions { Threads = 1 });
        var kept = Width / of.Batch;
        double[][][] ring = [.. Spread.Seeds.Select(_ => Enumerable.Range(0, kept).Select(_ => new double[Net.ParameterCount]).ToArray())];
        var (step, epochs) = (0, (int)Math.Ceiling((double)Steps / training.StepsPerEpoch));
        var last = epochs * training.StepsPerEpoch;
        training.Train(epochs, context.Cancellation, t =>
        {
            step++;
            for (var i = 0; i < ring.Length && step > last - kept; i++) t.Replicas[i].Weights.CopyTo(ring[i][last - step]);
        });
        return [.. training.Replicas.Select((r, i) => new Trained(ring[i], Math.Exp(training.Evaluate(r).LogLoss)))];
    }

    // √(Σ_{i>r} σ_i²)/‖W‖_F, by r.
    private static double[] Tails(Layer layer, double[] theta)
    {
        var values = SingularSpectrum.Of(layer, theta).Values;
        double[] tails = new double[values.Length];
        var sum = 0.0;
        for (var r = values.Length - 1; r >= 0; r--) tails[r] = Math.Sqrt(sum += values[r] * values[r]);
        return [.. tails.Select(t => t / tails[0])];
    }

    private static double Bound((int Batch, double Rate, double Decay) of, int m, Layer layer, Trained end) =>
        Math.Pow(1 - 2 * of.Rate * of.Decay, m) * Vectors.Norm(layer.Of(end.Before[m])) / Vectors.Norm(layer.Of(end.Before[0]));

    private static double Beyond((int Batch, double Rate, double Decay) of, int m, Layer layer, Trained end)
    {
        double[] sum = [.. layer.Of(end.Before[0])];
        Vectors.Add(-Math.Pow(1 - 2 * of.Rate * of.Decay, m), layer.Of(end.Before[m]), sum);
        var values = SingularSpectrum.Of(sum, layer.Rows, layer.Columns).Values;
        return values[m * of.Batch] / values[0];
    }
}
