using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b42: gradient descent leaves diagonal matrices at its first step, unless there are as many outputs as inputs and the data are
/// decoupled.
/// </summary>
internal static class DiagonalStaysDiagonal
{
    private const int P = 4, Steps = 200, Examples = 20;
    private const double Rate = .02;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b42-descent-preserves-diagonal-matrices",
        Paper = SourcePapers.SquareLoss,
        Place = "Appendix H.3, eq. 55–56",
        Equations = ["SQ.56a"],
        Hypothesis = "Linear network of square layers that are diagonal at the start, the last 1 × p (appendix H.3).",
        Statement = "If the off-diagonal weights vanish at time 0, the off-diagonal gradient updates vanish too: gradient descent "
            + "preserves diagonal initial conditions.",
        SetUp = $"Deep linear nets of two {P} × {P} matrices, diagonal with entries ±(.5 … 1), under a third layer: as the appendix has it "
            + "one row (V_L ∈ R^{1×p}), and with four outputs a diagonal matrix. Square loss (mean), "
            + $"{Examples} Gaussian examples, random targets (of ±1 for one output); seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; "
            + "the share of the off-diagonal entries in ‖∂L/∂W_k‖ at the start, and in ‖W_k‖ "
            + $"over {Steps} steps of size {Wording.Short(Rate)}. Decoupled data: inputs c_i e_i with targets d_i e_i, so that Σxxᵀ and "
            + "Σyxᵀ are diagonal.",
        Expected = "Off-diagonal share 0. First reading, one output: .653 and .474 of the gradient.",
        Check = Check,
    };

    private sealed record Run(double[] Gradient, double Change, double[] Share);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        Run[] one = [.. Spread.Seeds.Select(seed => Descend(seed, 1, decoupled: false))];
        Run[] many = [.. Spread.Seeds.Select(seed => Descend(seed, P, decoupled: false))];
        Run[] decoupled = [.. Spread.Seeds.Select(seed => Descend(seed, P, decoupled: true))];
        judge.Measure("one output: off-diagonal share of ∂L/∂W_1 at the start, by seed", [.. one.Select(r => r.Gradient[0])]);
        judge.Measure("one output: off-diagonal share of ∂L/∂W_2 at the start, by seed", [.. one.Select(r => r.Gradient[1])]);
        judge.Printed.AtMost("one output: largest off-diagonal share of the first gradient", one.Max(r => r.Gradient.Max()), 1e-12);
        judge.Printed.AtMost("one output: largest off-diagonal share of W_k after 200 steps", one.Max(r => r.Share[^1]), 1e-12);
        judge.Measure("four outputs, random data: off-diagonal share of W_k after 200 steps, by seed", [.. many.Select(r => r.Share[^1])]);
        judge.Printed.AtMost("four outputs, random data: largest off-diagonal share of W_k after 200 steps", many.Max(r => r.Share[^1]),
            1e-12);
        judge.Amended("with p outputs and Σxxᵀ, Σyxᵀ diagonal it is true")
            .AtMost("four outputs, decoupled data: largest share in 200 steps", decoupled.Max(r => r.Share.Max()), 1e-12);
        judge.Premise.AtLeast("decoupled data: least change of a layer in 200 steps, so that something was trained",
            decoupled.Min(r => r.Change), 1e-3);

        double[] steps = [.. Enumerable.Range(0, Steps + 1).Select(i => (double)i)];
        var panel = new Panel("Diagonal matrices under gradient descent", new Axis("steps", Min: 0, Max: Steps),
            new Axis("off-diagonal share of ‖W_k‖, largest layer", Min: 0));
        double[] Middle(Run[] runs) => [.. Enumerable.Range(0, Steps + 1).Select(i => Spread.Of(runs.Select(r => r.Share[i])).Median)];
        var chart = new Chart(panel
            .Line("one output (median of five)", steps, Middle(one))
            .Line("four outputs, random data", steps, Middle(many))
            .Line("four outputs, decoupled data", steps, Middle(decoupled))
            .Predicted("claimed", steps, _ => 0));
        return judge.Outcome(chart: chart,
            caption: "Only where every coordinate has an input and an output of its own does the diagonal stay alone.",
            fails: $"With one output ∂f/∂W_k = abᵀ has no zero entry: {Wording.Text(Spread.Of(one.Select(r => r.Gradient[0])))} of the "
                + $"first gradient of W_1 and {Wording.Text(Spread.Of(one.Select(r => r.Gradient[1])))} of that of W_2 are off the "
                + $"diagonal, and {Wording.Text(Spread.Of(one.Select(r => r.Share[^1])))} of a layer after 200 steps. Eq. 56 takes a row "
                + "and a column of the neighbours, which are not zero off the diagonal when V_L is a row. With p outputs and decoupled "
                + "data it is true; and of course where the weights are parametrized by their diagonals.");
    }

    // Gradient shares of W_1 and W_2 at the start and the least relative change of a layer; largest off-diagonal share of the two, step by
    // step.
    private static Run Descend(long seed, int outputs, bool decoupled)
    {
        var random = new RandomStream(seed, 35);
        var network = Network.Linear(P, P, P, outputs);
        var theta = network.Zeros();
        foreach (var layer in network.Layers)
            for (var i = 0; i < layer.Rows; i++)
                for (var j = 0; j < layer.Columns; j++)
                    if (i == j || layer.Rows == 1)
                        layer.Of(theta)[i * layer.Columns + j] = (.5 + .5 * random.NextDouble()) * (random.NextDouble() < .5 ? -1 : 1);
        var count = decoupled ? P : Examples;
        double[] x = new double[count * P], y = new double[count * outputs];
        for (var n = 0; n < count; n++)
            for (var i = 0; i < P; i++)
            {
                x[n * P + i] = !decoupled || i == n ? random.NextNormal() : 0;
                if (i < outputs)
                    y[n * outputs + i] = decoupled ? (i == n ? 2 : 0) : outputs == 1 ? (random.NextDouble() < .5 ? -1 : 1)
                        : random.NextNormal();
            }
        var evaluation = new ChainPasses(network, x, count);
        double[] weights = new double[outputs * count], descent = new double[theta.Length], shares = new double[Steps + 1], start =
            (double[])theta.Clone();
        double[] first = [];
        for (var step = 0; step <= Steps; step++)
        {
            shares[step] = Math.Max(OffDiagonal(network.Layers[0], theta), OffDiagonal(network.Layers[1], theta));
            evaluation.Forward(theta);
            for (var n = 0; n < count; n++)
                for (var c = 0; c < outputs; c++)
                    weights[n * outputs + c] = 2.0 / count * (y[n * outputs + c] - evaluation.Outputs[n * outputs + c]);
            evaluation.VectorJacobianProduct(theta, weights, descent);
            if (step == 0) first = [OffDiagonal(network.Layers[0], descent), OffDiagonal(network.Layers[1], descent)];
            if (step < Steps) Vectors.Add(Rate, descent, theta);
        }
        var change = network.Layers.Min(layer => Vectors.Distance(layer.Of(theta), layer.Of(start)) / Vectors.Norm(layer.Of(start)));
        return new Run(first, change, shares);
    }

    private static double OffDiagonal(Layer layer, double[] theta)
    {
        double off = 0, all = 0;
        for (var i = 0; i < layer.Rows; i++)
            for (var j = 0; j < layer.Columns; j++)
            {
                var square = layer.Of(theta)[i * layer.Columns + j] is var w ? w * w : 0;
                all += square;
                if (i != j) off += square;
            }
        return Math.Sqrt(off / all);
    }
}
