using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b87: a degenerate valley against a bowl of the same depth. Langevin's noise prefers the valley; the noise of minibatches does so
/// where it does not vanish at the minima, or where the step makes the bowl unstable.
/// </summary>
internal static class SgdAndDegenerateMinima
{
    private const int Dimension = 4, Chains = 200, Steps = 5000, Examples = 8;
    private const double Curvature = 8, Wall = .02, Temperature = .5, Step = .01, LongStep = .08;
    private const int NetExamples = 12, NetInputs = 4, Hidden = 20, Batch = 3, NetSteps = 15_000;
    private const double NetStep = .1;

    private enum Noise { None, White, Disagreeing, Fitted }

    private sealed record Kind(string Name, Noise Noise, double Step);

    private static readonly Kind White = new("SGDL, white noise", Noise.White, Step),
        Disagreeing = new("SGD, examples disagree at the minima", Noise.Disagreeing, Step),
        Fitted = new("SGD, every example is fitted at the minima", Noise.Fitted, Step),
        FittedLong = new("SGD, every example is fitted, long steps", Noise.Fitted, LongStep),
        Descent = new("GD, long steps", Noise.None, LongStep);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b87-sgd-and-degenerate-minima",
        Paper = SourcePapers.TheoryIII,
        Place = "§6, after eq. 30, and Conjecture",
        Hypothesis = "Minima of equal depth, of which one is degenerate; SGD with minibatches, and SGDL, which adds white noise (§6). Of "
            + "the conjecture: an overparametrized network, so that every example is fitted at a global minimum, and separable data.",
        Statement = "SGDL prefers degenerate minima relative to non-degenerate ones of the same depth; SGD is similar to it in practice, "
            + "and selects with high probability global minimizers, which are fully degenerate (for ρ → ∞, in the separable case).",
        SetUp = $"L(x, y) = (x² − 1)² + ⅛κ(x − 1)²‖y‖² + {Wording.Text(Wall)}‖y‖⁴, y in R^{Dimension}, κ = {Curvature}: depth 0 at x = −1 "
            + $"(a bowl, curvature κ in every y) and at x = 1 (a valley, curvature 0 in every y). Half of {Chains} chains begin in each, "
            + $"{Steps} steps, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}. SGDL at T = {Temperature}, steps of {Wording.Text(Step)}. SGD, "
            + $"one example a step: (i) {Examples} examples L + s·(x, y), whose slopes s sum to 0 and give the variance of the same T; "
            + $"(ii) {Dimension} examples that are all 0 at both minima, each with {Dimension} times the part of one y_i; steps of "
            + $"{Wording.Text(Step)} and {Wording.Text(LongStep)}. And a ReLU net {NetInputs}-{Hidden}-1 on {NetExamples} examples of a "
            + $"teacher, exponential loss (mean), {Wording.Count(NetSteps)} steps of {Wording.Text(NetStep)} with {Batch} examples each, "
            + "and plain gradient descent beside it. (ii) has finite minima of zero loss, which an exponential loss has not, so that it "
            + "is outside the conjecture.",
        Expected = "More than half of the chains in the valley at the end; Boltzmann's share for SGDL.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        Kind[] kinds = [White, Disagreeing, Fitted, FittedLong, Descent];
        var shares = kinds.ToDictionary(static k => k, k =>
        {
            context.Progress(k.Name);
            return Spread.Seeds.Select(seed => Share(k, seed, context.Cancellation)).ToArray();
        });
        var exact = ValleyShare(Temperature);
        double error = .5 / Math.Sqrt(Chains * Spread.Seeds.Count);
        const string quantity = "share of chains in the valley, less one half, in standard errors";
        double Excess(Kind k) => (shares[k].Average() - .5) / error;
        foreach (var k in kinds) judge.Measure($"{k.Name}: share in the valley, by seed", shares[k]);
        judge.Measure("Boltzmann's share in the valley", exact);
        judge.Printed.In(White.Name).Near("share in the valley", shares[White].Average(), exact, absolute: 3 * error + .01);
        judge.Printed.In(White.Name).AtLeast(quantity, Excess(White), 3);
        judge.Printed.In(Disagreeing.Name).AtLeast(quantity, Excess(Disagreeing), 3);
        judge.Amended("at finite minima where every example is fitted the noise vanishes, and chains stay where they began")
            .AtMost($"{Fitted.Name}: |share in the valley − ½|, in standard errors", Math.Abs(Excess(Fitted)), 3);
        judge.Amended("the step is so long that single examples make the bowl unstable, 2/(dκ) < η < 2/κ").In(FittedLong.Name)
            .AtLeast(quantity, Excess(FittedLong), 3);
        judge.Amended("the step is so long that single examples make the bowl unstable, 2/(dκ) < η < 2/κ")
            .AtMost($"{Descent.Name}: |share in the valley − ½|", Math.Abs(shares[Descent].Average() - .5), 0);

        var nets = Spread.Seeds.Select(seed => (Sgd: Train(seed, Batch, context), Gd: Train(seed, NetExamples, context))).ToArray();
        judge.Printed.AtLeast("ReLU net, SGD: runs of five that separate and go to zero loss", nets.Count(static n => n.Sgd.Loss < .01), 5);
        judge.Printed.AtMost("ReLU net, SGD: largest |eigenvalue| of ∇²L at the end over the start", nets.Max(static n => n.Sgd.Flatness),
            .2);
        judge.Measure("ReLU net, GD: runs of five that separate and go to zero loss", nets.Count(static n => n.Gd.Loss < .01));
        // "Selects": more often than descent without noise does. Of five runs each, a difference of none decides nothing.
        judge.Printed.AtLeast("ReLU net: runs of five that go to zero loss, SGD less GD",
            nets.Count(static n => n.Sgd.Loss < .01) - nets.Count(static n => n.Gd.Loss < .01), lenient: -1, strict: 2);

        double[] x = [.. Enumerable.Range(1, kinds.Length).Select(static i => (double)i)];
        var panel = new Panel("Share of chains in the valley", new Axis("kind", Min: 0, Max: kinds.Length + 1), new Axis("share", Min: 0,
            Max: 1));
        foreach (var (k, i) in kinds.Select(static (k, i) => (k, i)))
            panel = panel.Points($"{i + 1}: {k.Name}", [.. shares[k].Select(_ => x[i])], shares[k]);
        var text = $"SGDL holds {Wording.Text(shares[White].Average())} of the chains in the valley (Boltzmann: {Wording.Text(exact)}). "
            + $"SGD does likewise, {Wording.Text(shares[Disagreeing].Average())}, where examples disagree at the minima. Of the conjecture "
            + $"too little is seen: on a ReLU net {nets.Count(static n => n.Sgd.Loss < .01)} of five runs of SGD go to zero loss and "
            + $"{nets.Count(static n => n.Gd.Loss < .01)} of plain gradient descent, so that a selection by SGD is not shown. At finite "
            + "minima where every example is fitted, which are not those of an exponential loss, chains stay where they began "
            + $"({Wording.Text(shares[Fitted].Average())}), unless the step is too long for single examples in the bowl (share "
            + $"{Wording.Text(shares[FittedLong].Average())}; with all examples in each step "
            + $"{Wording.Text(shares[Descent].Average())}).";
        return judge.Outcome(holds: text, care: text, fails: text, open: text,
            chart: new Chart(panel.Level("as begun", .5).Level("Boltzmann", exact)),
            caption: "Five seeds each. White noise and disagreeing examples move chains into the valley; noise that vanishes at both "
                + "minima does not.");
    }

    /// <summary>∫_{x>0} e^{−L/T} over the same on all x, on a grid of x and ‖y‖.</summary>
    internal static double ValleyShare(double temperature)
    {
        const double end = 3, reach = 8;
        const int columns = 1200, rows = 800;
        double all = 0, valley = 0;
        for (var i = 0; i < columns; i++)
        {
            var x = -end + (i + .5) * 2 * end / columns;
            for (var j = 0; j < rows; j++)
            {
                var r = (j + .5) * reach / rows;
                var density = Math.Pow(r, Dimension - 1) * Math.Exp(-Loss(x, r * r) / temperature);
                all += density;
                if (x > 0) valley += density;
            }
        }
        return valley / all;
    }

    private static double Loss(double x, double square) =>
        Math.Pow(x * x - 1, 2) + Curvature / 8 * (x - 1) * (x - 1) * square + Wall * square * square;

    private static double Share(Kind kind, long seed, CancellationToken cancellation)
    {
        var random = new RandomStream(seed, 1000 + (int)kind.Noise);
        var slopes = Slopes(seed);
        var valley = 0;
        double[] y = new double[Dimension], pull = new double[Dimension + 1];
        for (var chain = 0; chain < Chains; chain++)
        {
            cancellation.ThrowIfCancellationRequested();
            var x = chain % 2 == 0 ? -1.0 : 1;
            for (var i = 0; i < Dimension; i++) y[i] = .1 * random.NextNormal();
            for (var step = 0; step < Steps; step++)
            {
                var example = kind.Noise is Noise.Disagreeing ? random.NextInt(Examples) : random.NextInt(Dimension);
                var square = Vectors.Dot(y, y);
                var seen = kind.Noise == Noise.Fitted ? Dimension * y[example] * y[example] : square;
                pull[Dimension] = -(4 * x * (x * x - 1) + Curvature / 4 * (x - 1) * seen);
                for (var i = 0; i < Dimension; i++)
                {
                    var share = kind.Noise != Noise.Fitted ? 1 : i == example ? Dimension : 0;
                    pull[i] = -(share * Curvature / 4 * (x - 1) * (x - 1) + 4 * Wall * square) * y[i];
                }
                if (kind.Noise == Noise.Disagreeing) Vectors.Add(-Math.Sqrt(2 * Temperature / kind.Step), slopes[example], pull);
                x += kind.Step * pull[Dimension];
                for (var i = 0; i < Dimension; i++) y[i] += kind.Step * pull[i];
                if (kind.Noise != Noise.White) continue;
                var size = Math.Sqrt(2 * kind.Step * Temperature);
                x += size * random.NextNormal();
                for (var i = 0; i < Dimension; i++) y[i] += size * random.NextNormal();
            }
            if (x > 0) valley++;
        }
        return valley / (double)Chains;
    }

    // Orthogonal slopes of mean 0 and variance 1 in every direction: ±√8 e_i would leave x out for 4 + 1 dimensions, so rows of Hadamard
    // signs.
    private static double[][] Slopes(long seed)
    {
        var order = new RandomStream(seed, 38).Permutation(Examples - 1);
        return [.. Enumerable.Range(0, Examples).Select(n => Enumerable.Range(0, Dimension + 1)
            .Select(i => System.Numerics.BitOperations.PopCount((uint)(n & (order[i] + 1))) % 2 == 0 ? 1.0 : -1).ToArray())];
    }

    private static (double Loss, double Flatness) Train(long seed, int batch, StudyContext context)
    {
        var data = TeacherData.Of(seed, NetExamples, NetInputs);
        var net = Network.Dense(NetInputs, Hidden, 1);
        var random = new RandomStream(seed, 39);
        var w = Initialization.Kaiming(net, random);
        var whole = new EmpiricalRisk(net, Losses.Loss.Exponential, data);
        EmpiricalRisk[] parts = [.. Enumerable.Range(0, NetExamples / batch).Select(b => new EmpiricalRisk(net, Losses.Loss.Exponential,
            data.Choose([.. Enumerable.Range(b * batch, batch)])))];
        var before = LargestEigenvalue(whole, w);
        var g = new double[w.Length];
        for (var step = 0; step < NetSteps; step++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var value = parts[random.NextInt(parts.Length)].Evaluate(w, g);
            Vectors.Add(NetStep * Math.Exp(value.LogScale), g, w);
        }
        return (Math.Exp(whole.LogLoss(w)), LargestEigenvalue(whole, w) / before);
    }

    // Power iteration on ∇²L, of the eigenvalue of largest size.
    private static double LargestEigenvalue(EmpiricalRisk risk, double[] w)
    {
        double[] v = ExampleSets.Normal(w.Length, 0, 40), next = new double[w.Length];
        var size = 0.0;
        for (var i = 0; i < 200; i++)
        {
            Vectors.Scale(1 / Vectors.Norm(v), v, v);
            var scale = risk.HessianVectorProduct(w, v, next);
            size = Vectors.Norm(next) * Math.Exp(scale.LogScale);
            next.CopyTo(v, 0);
        }
        return size;
    }
}
