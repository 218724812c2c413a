using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 4: one example of Iris, gradient descent and weight normalization.</summary>
internal static class Figure04
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-04",
        Paper = SourcePapers.TheoryIII,
        Number = "4",
        Title = "Convergence of the direction on one example of Iris",
        Caption = "θ is the angle between v and the example x, γ = ‖x‖. Gradient descent keeps ρ sin θ, so sin θ falls like 1/log t: a "
            + "straight line, at once for γ = 1, and for γ = 6.345 when log t has outgrown log γ² and γ‖w⊥‖. Weight normalization keeps "
            + "sin θ · e^{ρ²/2}, so log sin θ is linear in log²t with slope −1/(2γ²): sin θ = t^{−log t/(2γ²)}. The exponent holds a log "
            + "t; t^{−1/2} · log t, as the flattened text may be read, is far from it (third panel, γ = 1). The last panel shows how "
            + "well the two invariants are kept (its last rise is sin θ reaching the absolute tolerance, 1e-300). Example, start and end "
            + "are ours.",
        Config = "papers/theory-iii/figure-04.yaml",
        Runs = static () =>
        [
            OneFlower.Raw.GradientDescent, OneFlower.Raw.WeightNormalization, OneFlower.Unit.GradientDescent,
                OneFlower.Unit.WeightNormalization,
        ],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var raw = OneFlower.Raw;
        var b = OneExampleInvariants.GradientDescent(Numerics.Vectors.Norm(raw.Start), raw.Theta0);
        var descent = new Panel("Gradient descent: sin θ against 1/log t", new Axis("1/log t", Min: 0, Max: .25),
            new Axis("sin θ", Min: 0, Max: .4));
        foreach (var (flower, name, colour) in new[] { (raw, "γ = 6.345", 0), (OneFlower.Unit, "γ = 1", 5) })
        {
            var gd = flower.Gd(context).Where(p => p.At.LogT >= 4).ToList();
            double[] x = gd.Column(p => 1 / p.At.LogT);
            double rho = Numerics.Vectors.Norm(flower.Start), moment = OneExampleInvariants.GradientDescent(rho, flower.Theta0);
            descent = descent.Line($"gradient descent, {name}", x, gd.Column(p => Math.Exp(OneFlower.LogSine(p))), colour)
                .Predicted($"constant/ρ(t) in closed form, {name}", x,
                    gd.Column(p => Math.Sin(OneExampleInvariants.GradientDescentAt(flower.Gamma, rho, flower.Theta0, p.At.LogT).Theta)),
                        colour == 0 ? 1 : 3)
                .Predicted($"its limit γ · constant/log t, {name}", [0, Math.Min(.25, .4 / (moment * flower.Gamma))], v =>
                moment * flower.Gamma * v, colour == 0 ? 7 : 6);
        }
        var wn = raw.Wn(context).Where(p => p.Log10T >= 0).ToList();
        double Square(double a) => a * a;
        double[] squares = wn.Column(p => Square(p.At.LogT));
        var normalized = new Panel("Weight normalization: log sin θ against log²t (γ = 6.345)", new Axis("log²t"), new Axis("log sin θ"))
            .Line("weight normalization", squares, wn.Column(OneFlower.LogSine), 2)
            .Predicted("slope −1/(2γ²)", squares, x => -x / (2 * raw.Gamma * raw.Gamma), 7)
            .Predicted("log sin θ(0) − (ρ² − ρ(0)²)/2", squares,
                wn.Column(p => OneExampleInvariants.LogSineWeightNormalization(Numerics.Vectors.Norm(raw.Start), raw.Theta0, p.Rho)), 3);

        var unit = OneFlower.Unit.Wn(context).Where(p => p.Log10T >= 0).ToList();
        double[] t = unit.Log10T();
        var readings = new Panel("Weight normalization at γ = 1: which law?", new Axis("t", Scale.Exponent),
            new Axis("log₁₀ sin θ", Min: -300))
            .Line("weight normalization", t, unit.Column(p => OneFlower.LogSine(p) / Curves.Ln10), 2)
            .Predicted("t^(−½ log t)", t, e => OneExampleInvariants.LogSineLaw(1, e * Curves.Ln10) / Curves.Ln10, 1)
            .Predicted("t^(−1/2) · log t", [.. t.Where(e => e > .2)], e => -e / 2 + Math.Log10(e * Curves.Ln10), 4)
            .Predicted("1/log t", [.. t.Where(e => e > .5)], e => -Math.Log10(e * Curves.Ln10), 7);

        double rho0 = Numerics.Vectors.Norm(raw.Start), gdConstant = Math.Log(b), wnConstant =
            OneExampleInvariants.LogWeightNormalization(rho0, raw.Theta0);
        var all = raw.Gd(context);
        var wnAll = raw.Wn(context);
        double Drift(double value) => Math.Max(1e-16, Math.Abs(value));
        var invariants = new Panel("Drift of the two invariants", new Axis("t", Scale.Exponent),
            new Axis("relative change", Scale.Log, Min: 1e-16, Max: 1e-6))
            .Line("gradient descent", all.Log10T(), all.Column(p => Drift(OneFlower.LogSine(p) + p.LogRho - gdConstant)), 0)
            .Line("weight normalization", wnAll.Log10T(), wnAll.Column(p => Drift(OneFlower.LogSine(p) + p.Rho * p.Rho / 2 - wnConstant)),
            2)
            .Predicted("tolerance of the integration", [-1, 100], _ => 1e-11, 7);
        return new Chart(descent, normalized, readings, invariants);
    }
}
