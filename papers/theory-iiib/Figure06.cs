using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 6: the minimum-norm polynomial overfits in the end.</summary>
internal static class PolynomialDegreesFigure
{
    private const string Rounded = "double precision";

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-06",
        Paper = SourcePapers.TheoryIIIb,
        Number = "6",
        Title = "Minimum-norm polynomials of degree 1 to 300",
        Caption = $"The same formula, w = Φ⁺y, in {PolynomialRegression.DefaultBits} bits (exact, for what is drawn) and by singular "
            + "values in double precision, in which a figure drawn with the usual tools has it. First as the paper draws it, on a linear "
            + "axis; then all decades, where the two part. Nodes as in the paper; test points are equally spaced, which it leaves open.",
        Config = "papers/theory-iiib/figure-06.yaml",
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var exact = PolynomialDegrees.Exact.Of(context);
        var rounded = PolynomialDegrees.Double.Of(context);
        double[] parameters = [.. exact.Select(r => r.Degree + 1.0)];
        double[] errors = [.. exact.Select(r => r.TestError)], doubles = [.. rounded.Select(r => r.TestError)];
        Panel With(string title, Axis y) => new Panel(title, new Axis("monomials (parameters)"), y).At("N = 76", PolynomialDegrees.Nodes);
        // As in the paper, where only what is above .0005 of the axis can be seen.
        var linear = With("As in the paper", new Axis("mean squared error", Min: 0))
            .Line($"test error, {Rounded}", parameters, doubles, 7)
            .Line("test error, exact", parameters, errors, 1)
            .Line("training error, exact", parameters, [.. exact.Select(r => r.TrainError)], 0);
        var decades = With("All decades", new Axis("mean squared test error", Scale.Log))
            .Line($"test error, {Rounded}", parameters, doubles, 7)
            .Line("test error, exact", parameters, errors, 1);
        var norms = With("Norm of the solution", new Axis("‖w‖", Scale.Log))
            .Line(Rounded, parameters, [.. rounded.Select(r => r.Norm)], 4)
            .Line("exact", parameters, [.. exact.Select(r => Math.Sqrt(r.NormSquared))], 2);

        var least = Array.IndexOf(errors, errors.Min());
        // From the first degree at which the two differ by more than a tenth.
        var apart = Enumerable.Range(0, errors.Length).First(i => Math.Abs(doubles[i] / errors[i] - 1) > .1);
        var between = doubles[apart..^1];
        var around = exact.Where(static r => r.Degree is >= 70 and <= 80).Max(static r => r.TestError);
        return new Chart(linear, decades, norms)
        {
            Findings = $"The exact test error is least at degree {exact[least].Degree} ({Wording.Text(errors[least], 1)}) and rises to "
                + $"{Wording.Text(errors[^1], 2)} at {exact[^1].Degree}: the minimum norm solution overfits in the end. The greatest from "
                + $"degree 70 to 80, around N = {PolynomialDegrees.Nodes} parameters, is {Wording.Text(around, 1)}. "
                + $"In double precision the test error differs by more than a tenth from degree {exact[apart].Degree} on, lies between "
                + $"{Wording.Text(between.Min(), 1)} and {Wording.Text(between.Max(), 1)} up to {exact[^2].Degree}, and is "
                + $"{Wording.Text(doubles[^1], 2)} at {exact[^1].Degree}, {Wording.Text(doubles[^1] / errors[^1], 2)} times the exact one.",
        };
    }
}
