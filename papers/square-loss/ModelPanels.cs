using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// What the model of SQ eq. 5, 6 does in figures 2–5: networks 4-8-8-1 on 20 examples of gaussian-teacher, λ = 0.2, from three ρ and five
/// V.
/// </summary>
internal static class ModelPanels
{
    /// <summary>λ of the figures.</summary>
    public const double Lambda = .2;

    /// <summary>ρ at the start.</summary>
    public static readonly double[] Starts = [.1, 1, 10];

    private const string Setting = "model (5)–(6), λ = 0.2, five seeds";

    /// <summary>ρ(t), and SQ eq. 5 alone solved along the measured f.</summary>
    public static Panel Norm(StudyContext context) =>
        WithLaw(Lines(context, $"Norm: {Setting}", new Axis("|ρ|", Scale.Log), static m => m.Size), context, "eq. 5 along f(t)",
            static path => [.. BatchNormModel.NormAlong(path).Select(Math.Abs)]);

    /// <summary>Mean |f_n|.</summary>
    public static Panel Outputs(StudyContext context) =>
        WithLaw(Lines(context, $"Mean |f_n|: {Setting}", new Axis("mean |f_n|", Scale.Log), static m => m.Outputs.Average(Math.Abs)),
            context, "1/ρ", static path => [.. path.Select(static m => 1 / m.Size)]);

    /// <summary>ρ beside ρ_eq.</summary>
    public static Panel Equilibrium(StudyContext context) =>
        WithLaw(Lines(context, $"ρ and ρ_eq: {Setting}", new Axis("|ρ|", Scale.Log), static m => m.Size), context, "Σyf/(λ + Σf²)",
            static path => [.. path.Select(static m => Math.Abs(m.Equilibrium))]);

    /// <summary>Margins at the end.</summary>
    public static Panel Margins(StudyContext context)
    {
        var panel = new Panel($"Sorted margins at the end: {Setting}", new Axis("share of training examples", Min: 0, Max: 1),
            new Axis("y f at the end"));
        for (var i = 0; i < Starts.Length; i++)
        {
            List<double> x = [], y = [];
            foreach (var (path, seed) in Runs(context, i).Zip(Spread.Seeds))
            {
                var margins = path[^1].Margins(BatchNormModel.Small(seed).Risk.Data.Y).Order().ToArray();
                x.AddRange([.. margins.Select((_, n) => n / (margins.Length - 1.0)), 1]);
                y.AddRange([.. margins, double.NaN]);
            }
            panel = panel.Line(Name(i), x, y, i);
        }
        return panel;
    }

    private static IReadOnlyList<List<BatchNormModel.Moment>> Runs(StudyContext context, int start) =>
        BatchNormModel.SmallRuns(context, Lambda, Starts[start]);

    private static string Name(int start) => $"from ρ = {Wording.Text(Starts[start])}";

    private static Panel Lines(StudyContext context, string title, Axis y, Func<BatchNormModel.Moment, double> value)
    {
        var panel = new Panel(title, new Axis("t", Scale.Log), y);
        for (var i = 0; i < Starts.Length; i++)
        {
            List<double> t = [], values = [];
            foreach (var path in Runs(context, i))
            {
                t.AddRange([.. path.Skip(1).Select(static m => m.T), path[^1].T]);
                values.AddRange([.. path.Skip(1).Select(value), double.NaN]);
            }
            panel = panel.Line(Name(i), t, values, i);
        }
        return panel;
    }

    private static Panel WithLaw(Panel panel, StudyContext context, string law, Func<List<BatchNormModel.Moment>, double[]> values)
    {
        for (var i = 0; i < Starts.Length; i++)
        {
            var path = Runs(context, i)[0];
            panel = panel.Predicted($"{law}, from {Wording.Text(Starts[i])}", [.. path.Skip(1).Select(static m => m.T)], values(path)[1..],
                i);
        }
        return panel;
    }
}
