using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 4: one example of Iris, gradient descent and weight normalization.</summary>
internal static class Figure04
{
    // log₁₀ t from which the line of weight normalization is fitted: γ = 6.345 (to 1e100) and γ = 1 (to 1e16); and for the paper's view.
    private const double LateRaw = 50, LateUnit = 8, Shown = 2;

    // log sin θ down to which the absolute tolerance, 1e-300, is not felt.
    private const double Deepest = -660;

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-04",
        Paper = SourcePapers.TheoryIII,
        Number = "4",
        Title = "Convergence of the direction on one example of Iris",
        Caption = "θ is the angle between v and the example x, γ = ‖x‖. Above, the paper's two graphs: the error against its law, which "
            + "must give straight lines. Gradient descent keeps ρ sin θ, so sin θ falls like 1/log t: at once for γ = 1, and for γ = 6.345 "
            + "when log t has outgrown log γ² and γ‖w_⊥‖. Weight normalization keeps sin θ · e^{ρ²/2}, and ρ = log(γ²t + c)/γ, so that "
            + "log sin θ becomes a line in log²(γ²t) of slope −1/(2γ²), whose intercept is the constant, log sin θ(0) + ρ(0)²/2: in the "
            + "middle, the line as far as it was followed, and what is left when its slope is taken off. Against log²t, without γ², it "
            + "never gets straight unless γ = 1. For γ = 1 this is sin θ = t^(−½ log t) times a constant. The exponent holds a log t; "
            + "t^{−1/2} · log t, as the flattened text may be read, is far from it. The last panel shows how well the two invariants are "
            + "kept (its last rise is sin θ reaching the absolute tolerance, 1e-300). Example, start and end are ours.",
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
        var (raw, unit) = (OneFlower.Raw, OneFlower.Unit);
        LinearRegression rawLine = Line(raw, context, LateRaw), unitLine = Line(unit, context, LateUnit);
        return new Chart(Descent(context), PaperView(context), Followed(context, rawLine, unitLine), Intercepts(context), Readings(context),
            Invariants(context))
        {
            Findings = $"Fitted over t ≥ {Power(LateRaw)}, the line for γ = {Number(raw.Gamma, 4)} has slope "
                + $"{Number(rawLine.Slope, 6)} (−1/(2γ²) = {Number(Slope(raw), 6)}) and intercept {Number(rawLine.Intercept, 4)}"
                + $" (the constant is {Number(Intercept(raw), 4)}); that for γ = 1, over t ≥ {Power(LateUnit)}, slope "
                + $"{Number(unitLine.Slope, 6)} and intercept {Number(unitLine.Intercept, 4)} ({Number(Intercept(unit), 4)}).",
        };
    }

    private static string Power(double log10T) => $"10^{{{log10T:0}}}";

    private static string Number(double value, int digits = 3) => Wording.Text(value, digits).Replace('-', '−');

    // log²(γ²t), in which log sin θ becomes linear.
    private static double Square(OneFlower flower, FlowPoint p)
    {
        var log = p.At.LogT + 2 * Math.Log(flower.Gamma);
        return log * log;
    }

    private static double Slope(OneFlower flower) => -1 / (2 * flower.Gamma * flower.Gamma);

    private static double Intercept(OneFlower flower) =>
        OneExampleInvariants.LogWeightNormalization(Vectors.Norm(flower.Start), flower.Theta0);

    private static LinearRegression Line(OneFlower flower, StudyContext context, double from)
    {
        var late = flower.Wn(context).Where(p => p.Log10T >= from && OneFlower.LogSine(p) > Deepest).ToList();
        return LinearRegression.Of(late.Column(p => Square(flower, p)), late.Column(OneFlower.LogSine));
    }

    private static Panel Descent(StudyContext context)
    {
        var descent = new Panel("Gradient descent: sin θ against 1/log t", new Axis("1/log t", Min: 0, Max: .25),
            new Axis("sin θ", Min: 0, Max: .4));
        foreach (var (flower, name, colour) in new[] { (OneFlower.Raw, "γ = 6.345", 0), (OneFlower.Unit, "γ = 1", 5) })
        {
            var gd = flower.Gd(context).Where(p => p.At.LogT >= 4).ToList();
            double[] x = gd.Column(p => 1 / p.At.LogT);
            double rho = Vectors.Norm(flower.Start), moment = OneExampleInvariants.GradientDescent(rho, flower.Theta0);
            descent = descent.Line($"gradient descent, {name}", x, gd.Column(p => Math.Exp(OneFlower.LogSine(p))), colour)
                .Predicted($"constant/ρ(t) in closed form, {name}", x,
                    gd.Column(p => Math.Sin(OneExampleInvariants.GradientDescentAt(flower.Gamma, rho, flower.Theta0, p.At.LogT).Theta)),
                        colour == 0 ? 1 : 3)
                .Predicted($"its limit γ · constant/log t, {name}", [0, Math.Min(.25, .4 / (moment * flower.Gamma))], v =>
                moment * flower.Gamma * v, colour == 0 ? 7 : 6);
        }
        return descent;
    }

    // Straight within 8 % from t = 100 on, where sin θ is below 1e-4; earlier log(t + c) is not yet log t.
    private static Panel PaperView(StudyContext context)
    {
        var unit = OneFlower.Unit;
        var late = unit.Wn(context).Where(p => p.Log10T >= Shown).ToList();
        double[] law = late.Column(p => LawFit.Value(LawFit.PowerOfLog, p.Log10T));
        return new Panel($"Weight normalization: sin θ against t^(−½ log t), γ = 1, t ≥ 100",
            new Axis("10⁵ · t^(−½ log t)", Min: 0), new Axis("10⁵ · sin θ", Min: 0))
            .Line("weight normalization, γ = 1", [.. law.Select(static x => 1e5 * x)],
                late.Column(p => 1e5 * Math.Exp(OneFlower.LogSine(p))), 2)
            .Predicted("its limit e^{intercept} · t^(−½ log t)", [0, 1e5 * law.Max()], x => Math.Exp(Intercept(unit)) * x, 7);
    }

    private static Panel Followed(StudyContext context, LinearRegression raw, LinearRegression unit)
    {
        var panel = new Panel("Weight normalization: log sin θ against log²(γ²t), in units of 2γ²", new Axis("log²(γ²t)/(2γ²)"),
            new Axis("log sin θ"));
        foreach (var (flower, line, name, colour) in new[] { (OneFlower.Raw, raw, "γ = 6.345", 1), (OneFlower.Unit, unit, "γ = 1", 2) })
        {
            var points = flower.Wn(context).Where(p => p.Log10T >= 0).ToList();
            var unitsOf = 2 * flower.Gamma * flower.Gamma;
            double[] x = points.Column(p => Square(flower, p) / unitsOf);
            panel = panel.Line($"weight normalization, {name}", x, points.Column(OneFlower.LogSine), colour)
                .Predicted($"fit of the late part: slope {Number(line.Slope * unitsOf, 6)}, intercept "
                    + $"{Number(line.Intercept, 4)} ({name})", x, v => line.Intercept + line.Slope * unitsOf * v, colour == 1 ? 3 : 7);
        }
        return panel;
    }

    private static Panel Intercepts(StudyContext context)
    {
        var panel = new Panel("What is left without the slope: the intercept", new Axis("t", Scale.Exponent),
            new Axis("log sin θ + log²(γ²t)/(2γ²)", Min: -4, Max: 1));
        foreach (var (flower, name, colour) in new[] { (OneFlower.Raw, "γ = 6.345", 1), (OneFlower.Unit, "γ = 1", 2) })
        {
            var points = flower.Wn(context).Where(p => p.Log10T >= 0 && OneFlower.LogSine(p) > Deepest).ToList();
            panel = panel.Line($"weight normalization, {name}", points.Log10T(),
                points.Column(p => OneFlower.LogSine(p) - Slope(flower) * Square(flower, p)), colour)
                .Predicted($"log sin θ(0) + ρ(0)²/2, {name}", [0, 100], _ => Intercept(flower), colour == 1 ? 3 : 7);
            if (flower == OneFlower.Unit) continue;
            panel = panel.Line("with log²t for log²(γ²t), γ = 6.345", points.Log10T(),
                points.Column(p => OneFlower.LogSine(p) - Slope(flower) * p.At.LogT * p.At.LogT), 4);
        }
        return panel;
    }

    private static Panel Readings(StudyContext context)
    {
        var unit = OneFlower.Unit.Wn(context).Where(p => p.Log10T >= 0).ToList();
        double[] t = unit.Log10T();
        return new Panel("Weight normalization at γ = 1: which law?", new Axis("t", Scale.Exponent), new Axis("log₁₀ sin θ", Min: -300))
            .Line("weight normalization, γ = 1", t, unit.Column(p => OneFlower.LogSine(p) / Curves.Ln10), 2)
            .Predicted("t^(−½ log t)", t, e => OneExampleInvariants.LogSineLaw(1, e * Curves.Ln10) / Curves.Ln10, 1)
            .Predicted("t^(−1/2) · log t", [.. t.Where(e => e > .2)], e => -e / 2 + Math.Log10(e * Curves.Ln10), 4)
            .Predicted("1/log t", [.. t.Where(e => e > .5)], e => -Math.Log10(e * Curves.Ln10), 7);
    }

    private static Panel Invariants(StudyContext context)
    {
        var raw = OneFlower.Raw;
        var gdConstant = Math.Log(OneExampleInvariants.GradientDescent(Vectors.Norm(raw.Start), raw.Theta0));
        var (gd, wn) = (raw.Gd(context), raw.Wn(context));
        double Drift(double value) => Math.Max(1e-16, Math.Abs(value));
        return new Panel("Drift of the two invariants, γ = 6.345", new Axis("t", Scale.Exponent),
            new Axis("relative change", Scale.Log, Min: 1e-16, Max: 1e-6))
            .Line("gradient descent, γ = 6.345", gd.Log10T(), gd.Column(p => Drift(OneFlower.LogSine(p) + p.LogRho - gdConstant)), 0)
            .Line("weight normalization, γ = 6.345", wn.Log10T(),
                wn.Column(p => Drift(OneFlower.LogSine(p) + p.Rho * p.Rho / 2 - Intercept(raw))), 1)
            .Predicted("tolerance of the integration", [-1, 100], _ => 1e-11, 7);
    }
}
