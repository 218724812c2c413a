using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b121: from large starts inner layers barely move.</summary>
internal static class LargeStartsKeepInnerLayers
{
    // “Do not need to change much” has no bound: relative to ‖W_k(0)‖.
    private const double Barely = .1, Much = .3;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b121-large-starts-keep-inner-layers",
        Title = "From large starts the inner layers barely move",
        Paper = SourcePapers.SquareLoss,
        Place = "§3 (“For large ρ and very small or zero λ”)",
        Hypothesis = "λ = 0, large ρ at the start, gradient descent to a fit of all examples, more units in every layer than training "
            + "examples (“the last layer before the linear classifier is overparametrized wrt training data”).",
        Statement = "For large ρ and very small or zero λ the intermediate layers do not need to change much under GD in the iterations "
            + "immediately after initialization.",
        SetUp = $"ReLU nets 64-{LazyStart.Units}-{LazyStart.Units}-1, {LazyStart.Examples} digits 3 and 8 of norm 1, N(0, 1) weights "
            + $"scaled to ‖W_k‖ = {string.Join(", ", LazyStart.CancelledNorms.Select(static n => Wording.Short(n)))} in all layers, square "
            + $"loss, descent without normalization to a mean square of {LazyStart.Fitted}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]} "
            + "(images and start). ‖W_k − W_k(0)‖/‖W_k(0)‖, the change of the tangent kernel K = JJᵀ on the training images, and the move "
            + $"that K says from the start alone, ΔW = JᵀK⁻¹(y − g_0). Once as they start (up to {Wording.Short(LazyStart.Norms[^1])}: "
            + "from larger ones the steps do not come to a fit), once with targets y + g_0, so that a large start has not to undo its own "
            + $"outputs. Barely: a relative move up to {Wording.Short(Barely)} (beyond {Wording.Short(Much)} it is much), chosen before "
            + "the runs. The moves are those of the whole training, which includes the iterations “immediately after initialization”; "
            + "that solutions exist for any random weights is not checked.",
        Expected = "Relative moves of the inner layers fall to 0 as the start grows.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        IReadOnlyList<double> norms = LazyStart.Norms, cancelled = LazyStart.CancelledNorms;
        IReadOnlyList<LazyStart>[] plain = [.. norms.Select(n => LazyStart.Of(context, n, cancelled: false))],
            zero = [.. cancelled.Select(n => LazyStart.Of(context, n, cancelled: true))];
        judge.Hypothesis.AtMost("largest mean square at the end", plain.Concat(zero).Max(static r => r.Max(static n => n.MeanSquare)),
            2 * LazyStart.Fitted);
        const string moved = "largest relative move of an inner layer, medians of five seeds";
        // Inner: before the last.
        static double Inner(LazyStart run) => run.Moves[..^1].Max();
        double[] Median(IReadOnlyList<LazyStart>[] runs, Func<LazyStart, double> of) =>
            [.. runs.Select(r => Spread.Of(r.Select(of)).Median)];
        double[] innerPlain = Median(plain, Inner), innerZero = Median(zero, Inner), kernelPlain = Median(plain, static r =>
            r.KernelChange),
            kernelZero = Median(zero, static r => r.KernelChange);
        judge.Measure("‖W_k(0)‖", [.. cancelled]);
        judge.Measure("inner layers’ relative move, outputs as they start", innerPlain);
        judge.Measure("inner layers’ relative move, outputs 0 at the start", innerZero);
        judge.Measure("mean square at the end, by norm: largest", [.. plain.Select(static r => r.Max(static n => n.MeanSquare))]);
        judge.Measure("the last layer’s relative move, outputs as they start", Median(plain, static r => r.Moves[^1]));
        judge.Measure("relative change of the kernel, outputs as they start", kernelPlain);
        judge.Measure("relative change of the kernel, outputs 0 at the start", kernelZero);
        judge.Measure("ρ at the end, outputs as they start", Median(plain, static r => r.Rho));
        string largest = $"‖W_k(0)‖ = {Wording.Short(norms[^1])}", lazy = $"‖W_k(0)‖ = {Wording.Short(cancelled[^1])}";
        judge.Printed.In($"{largest}, outputs as they start").AtMost(moved, innerPlain[^1], strict: Barely, lenient: Much);
        const string law = "exponent of the inner layers’ relative move in ‖W_k(0)‖, from the two largest starts";
        judge.Amended("outputs 0 at the start").In($"{lazy}, outputs 0 at the start").AtMost(moved, innerZero[^1], strict: Barely,
            lenient: Much);
        var exponent = LinearRegression.Of([.. cancelled.TakeLast(2).Select(static v => Math.Log(v))],
            [.. innerZero.TakeLast(2).Select(static v => Math.Log(v))]).Slope;
        const int layers = 3;
        judge.Amended($"outputs 0 at the start: J grows like ‖W(0)‖^{layers - 1}, so the move falls like ‖W(0)‖^{-layers}")
            .Near(law, exponent, -layers, relative: .05);
        var plainExponent = judge.Measure("outputs as they start: the same exponent", LinearRegression.Of(
            [.. norms.TakeLast(2).Select(static v => Math.Log(v))], [.. innerPlain.TakeLast(2).Select(static v => Math.Log(v))]).Slope);
        var predicted = zero[^1].Max(static r => r.Moves.Zip(r.Predicted, static (m, p) => Math.Abs(m / p - 1)).Max());
        judge.Amended("outputs 0 at the start: the move is the tangent kernel’s").AtMost(
            $"largest |move over ‖(JᵀK⁻¹(y − g_0))_k‖ − 1| from {lazy}, all layers and seeds", predicted, .1);
        double[] x = [.. norms];
        Panel moves = new Panel("How far inner layers move, medians of five seeds", new Axis("‖W_k‖ at the start", Scale.Log),
            new Axis("‖W_k − W_k(0)‖/‖W_k(0)‖, largest of k < L", Scale.Log));
        moves = moves.Line("as it starts", x, innerPlain, 0).Line("outputs 0 at the start", [.. cancelled], innerZero, 1)
            .Predicted("tangent kernel, as it starts", x, Median(plain, static r => r.Predicted[..^1].Max()), 0)
            .Predicted($"tangent kernel, outputs 0: ‖W(0)‖^{-layers}", [.. cancelled], Median(zero, static r =>
                r.Predicted[..^1].Max()), 1);
        var kernel = new Panel("How far the tangent kernel moves", new Axis("‖W_k‖ at the start", Scale.Log),
            new Axis("‖K − K₀‖/‖K₀‖", Scale.Log));
        foreach (var (name, at, runs, colour) in new[] { ("as it starts", norms, plain, 0), ("outputs 0 at the start", cancelled, zero,
            1) })
            kernel = kernel.Points($"{name}, five seeds", [.. at.SelectMany((n, i) => runs[i].Select(_ => n))],
                [.. runs.SelectMany(static r => r.Select(static n => n.KernelChange))], colour)
                .Line($"{name}, median", [.. at], Median(runs, static r => r.KernelChange), colour);
        var text = $"From {largest} the inner layers move by {Wording.Text(innerPlain[^1])} of their norm "
            + $"({Wording.Text(innerPlain[^2])} from ‖W_k(0)‖ = {Wording.Short(norms[^2])}) and the kernel by "
            + $"{Wording.Text(kernelPlain[^1])} of its own ({Wording.Text(kernelPlain[^2])}): a large start has to undo outputs that grow "
            + $"like ‖W(0)‖^{layers}, which takes a share of the weights that falls like ‖W(0)‖^{{{Wording.Text(plainExponent)}}} only, "
            + $"and the kernel is not that of the start. Where the outputs are 0 at the start the moves from {lazy} are "
            + $"{Wording.Text(innerZero[^1])} and {Wording.Text(kernelZero[^1])}, and the "
            + $"layers’ fall like ‖W(0)‖^{{{Wording.Text(exponent)}}}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart(moves, kernel),
            caption: "Dashed: what the tangent kernel of the start says, ‖(JᵀK⁻¹(y − g_0))_k‖/‖W_k(0)‖.");
    }
}
