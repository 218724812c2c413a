using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Where descents of the small networks end: of the model of batch normalization (SQ eq. 5, 6) or of W_k themselves, with decay or
/// without, from small and from large ρ. λ is given by ε = λρ_min²/N, the share that the penalty λρ² has of the loss per example at the
/// least norm that interpolates.
/// </summary>
internal static class MinimumNormEnds
{
    /// <summary>Folder and name of what longer runs left.</summary>
    public const string Kept = "square-loss/minimum-norm";

    /// <summary>Steps of a long and of a quick run.</summary>
    public const int LongSteps = 50_000, QuickSteps = 6_000;

    /// <summary>ε = λρ_min²/N.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0, .01, .1];

    /// <summary>One descent's setting.</summary>
    /// <param name="Normalized">The model (5)–(6), or plain descent on W_k.</param>
    /// <param name="Share">ε.</param>
    /// <param name="Start">ρ/ρ_min at the start.</param>
    public sealed record Setting(bool Normalized, double Share, double Start)
    {
        /// <summary><c>BN + WD</c>.</summary>
        public string Name => Normalized ? Share > 0 ? "BN + WD" : "BN" : Share > 0 ? "WD" : "neither";

        /// <summary><c>BN + WD, ε = .1, from 2 ρ_min</c>.</summary>
        public string Words => $"{Name}{(Share > 0 ? $", ε = {Wording.Short(Share)}" : "")}, from {Wording.Short(Start)} ρ_min";
    }

    /// <summary>All settings.</summary>
    public static IReadOnlyList<Setting> All { get; } =
        [.. from normalized in (bool[])[true, false] from share in Shares from start in MinimumNormCase.Norms
            select new Setting(normalized, share, start)];

    /// <summary>Where a descent ended.</summary>
    /// <param name="Rho">ρ, for plain descents ∏‖W_k‖.</param>
    /// <param name="Before">ρ after four fifths of the steps.</param>
    /// <param name="MeanSquare">Mean of (ρf − y)².</param>
    public readonly record struct End(double Rho, double Before, double MeanSquare)
    {
        /// <summary>|change of ρ| over the last fifth of the steps, relative.</summary>
        public double Drift => Math.Abs(Rho - Before) / Rho;
    }

    /// <summary>λ of a share ε.</summary>
    public static double Lambda(StudyContext context, MinimumNormCase of, double share) =>
        share * of.Data.Count / Math.Pow(LeastLossCurve.Of(context, of).Minimum, 2);

    /// <summary>
    /// Ends of all starts: in the plane of quick descents, which rest there; of digits those of the long ones, at full size made now,
    /// otherwise what is kept, and quick ones where nothing is.
    /// </summary>
    public static IReadOnlyList<End> Of(StudyContext context, MinimumNormCase of, Setting setting)
    {
        if (of.Data.Inputs == 2) return Computed.Of(context, (of, setting, QuickSteps));
        if (context.Full) return Computed.Of(context, (of, setting, LongSteps));
        if (KeptRun.Find(Kept, of.Name) is not { } kept) return Computed.Of(context, (of, setting, QuickSteps));
        double[] rho = kept["rho"], before = kept["rho_before"], loss = kept["mean_square"];
        return [.. Enumerable.Range(0, rho.Length).Where(i => kept["normalized"][i] == (setting.Normalized ? 1 : 0)
            && kept["share"][i] == setting.Share && kept["rho_start"][i] == setting.Start).Select(i => new End(rho[i], before[i],
                loss[i]))];
    }

    /// <summary>Ends of quick descents of all starts, at any setting.</summary>
    public static IReadOnlyList<End> Quick(StudyContext context, MinimumNormCase of, Setting setting) =>
        Computed.Of(context, (of, setting, QuickSteps));

    /// <summary>Of every end, sorted, ρ over the least norm at which its mean square is known to be reached.</summary>
    public static double[] Ratios(StudyContext context, MinimumNormCase of, Setting setting)
    {
        var curve = LeastLossCurve.Of(context, of);
        return [.. Of(context, of, setting).Select(e => e.Rho / curve.NormOf(e.MeanSquare)).Order()];
    }

    /// <summary><c>1.004 (1 … 1.004)</c>: median, least and greatest of ratios near 1.</summary>
    public static string Text(double[] ratios)
    {
        var spread = Spread.Of(ratios);
        return $"{Wording.Text(spread.Median, 4)} ({Wording.Text(spread.Min, 4)} … {Wording.Text(spread.Max, 4)})";
    }

    /// <summary>The setting of that kind.</summary>
    public static Setting Of(bool normalized, double share, double start) => All.Single(s => s == new Setting(normalized, share, start));

    /// <summary>For each case the least loss against ρ, with the ends of some settings.</summary>
    public static IEnumerable<Panel> Panels(StudyContext context, Func<Setting, bool> shown)
    {
        const double floor = 1e-6;
        foreach (var of in MinimumNormCase.All)
        {
            var curve = LeastLossCurve.Of(context, of);
            int[] kept = [.. Enumerable.Range(0, curve.Rho.Length).Where(i => curve.Rho[i] <= 1.0005 * curve.Minimum)];
            var panel = new Panel(of.Words, new Axis("ρ/ρ_min", Min: 0), new Axis("mean of (ρf − y)²", Scale.Log, Min: floor))
                .Line(curve.IsCertified ? "least loss, certified" : "least loss found", [.. kept.Select(i => curve.Rho[i] / curve.Minimum)],
                    [.. kept.Select(i => Math.Max(curve.MeanSquare[i], floor))], 0);
            var colour = 1;
            foreach (var name in All.Where(shown).Select(static s => s.Name).Distinct())
            {
                End[] ends = [.. All.Where(s => shown(s) && s.Name == name).SelectMany(s => Of(context, of, s))];
                panel = panel.Points(name, [.. ends.Select(e => e.Rho / curve.Minimum)],
                    [.. ends.Select(static e => Math.Max(e.MeanSquare, floor))], colour++);
            }
            yield return panel;
        }
    }

    /// <summary>Writes what papers/square-loss/results/minimum-norm would keep beside the report, at full size.</summary>
    public static void Keep(StudyContext context) =>
        new KeptTable(["normalized", "share", "rho_start", "start", "rho", "rho_before", "mean_square"],
            [.. All.SelectMany(s => Computed.Of(context, (MinimumNormCase.Images, s, LongSteps)).Select((e, i) =>
                (double[])[s.Normalized ? 1 : 0, s.Share, s.Start, i, e.Rho, e.Before, e.MeanSquare]))])
            .Write(context, Kept, MinimumNormCase.Images.Name);

    private static readonly SharedResults<(MinimumNormCase Case, Setting Setting, int Steps), End[]> Computed = new(static (context, key) =>
        [.. Enumerable.Range(0, MinimumNormCase.Starts).Select(s =>
        {
            context.Progress($"{key.Case.Name}, {key.Setting.Name}, ρ0 = {key.Setting.Start} ρ_min, start {s}");
            return Descend(context, key.Case, key.Setting, key.Steps, s);
        })]);

    private static End Descend(StudyContext context, MinimumNormCase of, Setting setting, int steps, int start)
    {
        var lambda = Lambda(context, of, setting.Share);
        var first = setting.Start * LeastLossCurve.Of(context, of).Minimum;
        var v = of.Start(start);
        int most = steps / 5 * 4, rest = steps - most;
        if (setting.Normalized)
        {
            var model = new NormalizedDescent(of.Network, v, of.Data, lambda, first).Run(most, context.Cancellation);
            var before = Math.Abs(model.Rho);
            model.Run(rest, context.Cancellation);
            return new(Math.Abs(model.Rho), before, model.MeanSquare);
        }
        var risk = of.Risk();
        Vectors.Scale(Math.Pow(first, 1.0 / of.Network.Depth), v, v);
        var plain = new PlainDescent(risk, lambda);
        var early = plain.Run(v, most, cancellation: context.Cancellation);
        var end = plain.Run(early, rest, cancellation: context.Cancellation);
        return new(Product(of.Network, end), Product(of.Network, early), Math.Exp(risk.LogLoss(end)) / of.Data.Count);
    }

    private static double Product(Network network, double[] w)
    {
        var norms = new double[network.Depth];
        NormsAndDirections.Norms(network, w, norms);
        return NormsAndDirections.Product(network, norms);
    }
}
