using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 6: the minimum-norm polynomial overfits in the end.</summary>
internal static class PolynomialDegreesFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-06",
        Paper = SourcePapers.TheoryIIIb,
        Number = "6",
        Title = "Minimum-norm polynomials of degree 1 to 300",
        Caption = "Computed in 384 bits, the test error falls to 4e-59 where degree 75 first interpolates the 76 points, and then rises "
            + "again, to 1.8e-3 at 300: the minimum norm solution overfits eventually, as the paper says, and there is no peak at the "
            + "interpolation threshold. In double precision (dots) all beyond degree 40 is rounding: 1e-12 to 1e-6, and .12 at 300, "
            + "which a figure drawn with double-precision tools shows in its place. Nodes as in the paper; test points are equally "
            + "spaced, which it leaves open.",
        Config = "papers/theory-iiib/figure-06.yaml",
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var exact = PolynomialDegrees.Exact.Of(context);
        var rounded = PolynomialDegrees.Double.Of(context);
        double[] degrees = [.. exact.Select(r => (double)r.Degree)], parameters = [.. degrees.Select(d => d + 1)];
        // As in the paper, where only what is above .0005 of the axis can be seen.
        var linear = new Panel("As in the paper", new Axis("monomials (parameters)"), new Axis("mean squared error", Min: 0))
            .Line("test error, exact", parameters, [.. exact.Select(r => r.TestError)], 1)
            .Line("training error, exact", parameters, [.. exact.Select(r => r.TrainError)], 0)
            .At("N = 76", PolynomialDegrees.Nodes);
        var errors = new Panel("All decades", new Axis("monomials (parameters)"), new Axis("mean squared test error", Scale.Log))
            .Line("test error, exact", parameters, [.. exact.Select(r => r.TestError)], 1)
            .Points("test error, double precision", parameters, [.. rounded.Select(r => r.TestError)], 7)
            .At("N = 76", PolynomialDegrees.Nodes);
        var norms = new Panel("Norm of the solution", new Axis("monomials (parameters)"), new Axis("‖w‖", Scale.Log))
            .Line("exact", parameters, [.. exact.Select(r => Math.Sqrt(r.NormSquared))], 2)
            .Points("double precision", parameters, [.. rounded.Select(r => r.Norm)], 7)
            .At("N = 76", PolynomialDegrees.Nodes);
        return new Chart(linear, errors, norms);
    }
}
