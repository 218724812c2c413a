using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b142: with enough units in the last hidden layer almost every perturbation of the weights before it leaves a last layer that
/// interpolates, and another solution.
/// </summary>
internal static class LastLayerInterpolates
{
    private const int Inputs = 4, Examples = 10, Fresh = 100, Draws = 6, Enough = 40;
    private const double Zero = 1e-8;

    private static readonly int[] Widths = [5, 8, 10, 12, 15, 20, 30, 40];
    private static readonly double[] Sizes = [1e-3, .1, 1];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b142-last-layer-interpolates",
        Paper = SourcePapers.SquareLoss,
        Place = "appendix D; §3 before footnote 9",
        Hypothesis = "“Appropriate overparametrization”: the last hidden layer is overparametrized with respect to the training data, here "
            + $"{Enough} units for {Examples} examples.",
        Statement = "Almost every perturbation of the weights before the linear classifier at the top yields a different interpolating "
            + "solution: the last layer is enough to provide solutions for any set of random weights in the previous layers.",
        SetUp = $"ReLU nets {Inputs}-h-1 and {Inputs}-h-h-1, h = {string.Join(", ", Widths)}, {Examples} inputs of gaussian-teacher, "
            + $"N(0, 1) weights, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; all weights before the last layer moved by Gaussian noise of "
            + $"{string.Join(", ", Sizes.Select(static s => Wording.Text(s)))} times their norm, {Draws} draws each; W_L is the least "
            + $"squares solution of minimum norm. It interpolates where max |g_n − y_n| ≤ {Wording.Text(Zero)}. Solutions are compared on "
            + $"{Fresh} fresh inputs. The claim is judged at the widest; the others show where it begins.",
        Expected = "Every draw interpolates and differs.",
        Check = Check,
    };

    private sealed record Refit(double Misfit, double Norm, double[] Elsewhere);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var begins = new List<string>();
        var chart = new Panel("Share of perturbed networks that a last layer lets interpolate", new Axis("h/N"),
            new Axis("share", Min: 0, Max: 1));
        foreach (var layers in (int[])[2, 3])
        {
            var shares = new double[Widths.Length];
            for (var i = 0; i < Widths.Length; i++)
            {
                context.Progress($"{layers} layers, h = {Widths[i]}");
                var h = Widths[i];
                var net = layers == 2 ? Network.Dense(Inputs, h, 1) : Network.Dense(Inputs, h, h, 1);
                int fits = 0, draws = 0;
                double difference = double.PositiveInfinity, misfit = 0, spread = 1;
                foreach (var seed in Spread.Seeds)
                {
                    var data = GaussianTeacher.Draw(Examples + Fresh, Inputs, seed);
                    var random = new RandomStream(seed, 144);
                    var theta = Initialization.Normal(net, random);
                    var before = Fit(net, theta, data);
                    foreach (var size in Sizes)
                        for (var draw = 0; draw < Draws; draw++)
                        {
                            var after = Fit(net, Moved(net, theta, size, random), data);
                            draws++;
                            if (after.Misfit <= Zero) fits++;
                            misfit = Math.Max(misfit, after.Misfit);
                            difference = Math.Min(difference, Vectors.Distance(before.Elsewhere, after.Elsewhere)
                                / Vectors.Norm(before.Elsewhere));
                            spread = Math.Max(spread, Math.Max(after.Norm / before.Norm, before.Norm / after.Norm));
                        }
                }
                shares[i] = fits / (double)draws;
                if (h != Enough) continue;
                var name = PlaneNets.Name(net);
                judge.Printed.AtLeast($"{name}: share of {draws} draws that interpolate", shares[i], 1);
                judge.Printed.AtLeast($"{name}: least change of g on fresh inputs, over its norm", difference, 1e-6);
                judge.Measure($"{name}: largest |g_n − y_n|", misfit);
                judge.Measure($"{name}: largest factor between the ρ of two of these solutions", spread);
            }
            judge.Measure($"{layers} layers: share that interpolates, by h", shares);
            var from = Array.FindLastIndex(shares, static s => s < 1) + 1;
            if (from > 0 && from < shares.Length)
                begins.Add($"with {layers} layers the share is {Wording.Text(shares[from - 1])} at h = {Ratio(from - 1)} N and 1 from "
                    + $"{Ratio(from)} N on");
            judge.Amended("with fewer units than examples none does: N features are needed").AtMost($"{layers} layers: share at h = "
                + $"{Widths[0]}", shares[0], 0);
            chart = chart.Line($"{layers} layers", [.. Widths.Select(static h => h / (double)Examples)], shares);
        }
        return judge.Outcome(chart: new Chart(chart), caption: "Each point: 90 perturbed networks.",
            holds: $"With {Enough} units for {Examples} examples all draws interpolate and all solutions differ: the features of the "
                + "examples are N independent vectors, which is so for an open set of weights, so that what is found is a matter of rank "
                + $"and no test of training. It is not so for every set of weights: {string.Join("; ", begins)}. With h near N some "
                + "examples are seen by no unit, or by too few.");
    }

    private static string Ratio(int i) => Wording.Short(Widths[i] / (double)Examples);

    // All layers but the last, each by noise of that share of its norm.
    private static double[] Moved(Network net, double[] theta, double size, RandomStream random)
    {
        var moved = (double[])theta.Clone();
        foreach (var layer in net.Layers.Take(net.Depth - 1))
        {
            var w = layer.Of(moved.AsSpan());
            var noise = new double[w.Length];
            foreach (ref var e in noise.AsSpan()) e = random.NextNormal();
            Vectors.Add(size * Vectors.Norm(w) / Vectors.Norm(noise), noise, w);
        }
        return moved;
    }

    // The last layer anew, on the first examples.
    private static Refit Fit(Network net, double[] theta, Dataset data)
    {
        var passes = new ChainPasses(net, data.X, data.Count);
        passes.Forward(theta);
        var rows = new double[data.Count * net.ParameterCount];
        passes.PerExample(theta, rows);
        var last = net.Layers[^1];
        // ∂g_n/∂W_L are the features.
        double[][] features = [.. Enumerable.Range(0, data.Count).Select(n =>
            last.Of(rows.AsSpan(n * net.ParameterCount, net.ParameterCount)).ToArray())];
        var svd = DenseMatrix.OfRowArrays(features[..Examples]).Svd();
        var w = new double[last.Columns];
        var y = DenseVector.OfArray(data.Y[..Examples].ToArray());
        for (var i = 0; i < svd.S.Count && svd.S[i] > 1e-10 * svd.S[0]; i++)
            Vectors.Add(svd.U.Column(i) * y / svd.S[i], svd.VT.Row(i).ToArray(), w);
        var norm = Vectors.Norm(w);
        foreach (var layer in net.Layers.Take(net.Depth - 1)) norm *= Vectors.Norm(layer.Of(theta));
        double[] g = [.. features.Select(a => Vectors.Dot(a, w))];
        return new Refit(Enumerable.Range(0, Examples).Max(n => Math.Abs(g[n] - y[n])), norm, g[Examples..]);
    }
}
