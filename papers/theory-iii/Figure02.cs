using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 2: three ways to descend, two of them the same.</summary>
internal static class Figure02
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-02",
        Paper = SourcePapers.TheoryIII,
        Number = "2",
        Title = "Gradient descent, its (ρ, v) form, and weight normalization",
        Caption = "One linear unit with two weights and two examples. The (ρ, v) equations lie exactly on the weights of gradient "
            + "descent (dashed); weight normalization takes another path to the same direction, the maximum margin. Below, to t = 1e30 "
            + "and 1e300: the two directions differ at every finite time and share their limit. The paper leaves the data open; z = (1, "
            + ".5), (.4, 1.2) and w(0) = (.3, −.1) are ours.",
        Config = "papers/theory-iii/figure-02.yaml",
        Runs = static () => [TwoWeights.GradientDescent, TwoWeights.InNormAndDirection, TwoWeights.WeightNormalization],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var gd = TwoWeights.Gd(context);
        var same = TwoWeights.Reparametrized(context);
        var wn = TwoWeights.Wn(context);
        IReadOnlyList<FlowPoint> Early(IReadOnlyList<FlowPoint> points) => [.. points.Where(p => p.T <= 10)];
        double[] T(IReadOnlyList<FlowPoint> points) => Early(points).Column(p => p.T);
        double[] W(IReadOnlyList<FlowPoint> points, int i) => Early(points).Column(p => p.Weights()[i]);
        var weights = new Panel("Weights in time", new Axis("t"), new Axis("w₁, w₂"))
            .Line("w₁, reparametrized (ρ, v)", T(same), W(same, 0), 4)
            .Line("w₂, reparametrized (ρ, v)", T(same), W(same, 1), 0)
            .Line("w₁, weight normalization", T(wn), W(wn, 0), 2)
            .Line("w₂, weight normalization", T(wn), W(wn, 1), 1)
            .Predicted("gradient descent on w (both weights)", [.. T(gd), 10, .. T(gd)], [.. W(gd, 0), double.NaN, .. W(gd, 1)], 7);

        double Angle(ReadOnlySpan<double> v) => Math.Atan2(v[1], v[0]);
        var path = new Panel("The same paths in the plane of the weights, t from 0 to 10", new Axis("w₁"), new Axis("w₂"))
            .Line("reparametrized (ρ, v)", W(same, 0), W(same, 1), 4)
            .Line("weight normalization", W(wn, 0), W(wn, 1), 2)
            .Predicted("gradient descent on w", W(gd, 0), W(gd, 1), 7)
            .Predicted("maximum-margin direction", [0, 2.3], s => s * TwoWeights.Svm.Direction[1] / TwoWeights.Svm.Direction[0], 3);
        double[] Late(IReadOnlyList<FlowPoint> points, Func<FlowPoint, double> value) =>
            [.. points.Where(p => p.Log10T is >= 0 and <= 30).Select(value)];
        var angle = new Panel("Direction of w, to t = 1e30", new Axis("t", Scale.Exponent), new Axis("angle of w (radians)"))
            .Line("reparametrized (ρ, v)", Late(same, p => p.Log10T), Late(same, p => Angle(p.V)), 4)
            .Line("weight normalization", Late(wn, p => p.Log10T), Late(wn, p => Angle(p.V)), 2)
            .Predicted("gradient descent on w", Late(gd, p => p.Log10T), Late(gd, p => Angle(p.V)), 7)
            .Level("maximum margin", Angle(TwoWeights.Svm.Direction));
        double[] difference = [.. gd.Zip(same, Distance)], other = [.. gd.Zip(wn, Distance)];
        var distance = new Panel("Distance between the directions, to t = 1e300", new Axis("t", Scale.Exponent),
            new Axis("‖v − v(gradient descent)‖", Scale.Log, Min: 1e-17))
            .Line("reparametrized (ρ, v)", [.. gd.Select(p => p.Log10T).Skip(1)], [.. difference.Skip(1)], 4)
            .Line("weight normalization", [.. gd.Select(p => p.Log10T).Skip(1)], [.. other.Skip(1)], 2);
        return new Chart(weights, path, angle, distance);
    }

    private static double Distance(FlowPoint a, FlowPoint b) => Numerics.Vectors.Distance(a.V, b.V);
}
