using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// One example of Iris, turned onto the first axis, so that sin θ = ‖(v_2 … v_4)‖ keeps its relative precision down to 1e-300
/// (T3 figure 4). Both flows commute with rotations.
/// </summary>
internal sealed class OneFlower
{
    // Before the reflection: the first setosa, and w(0).
    private static readonly double[] Flower = [5.1, 3.5, 1.4, .2], Begin = [.3, -.2, .1, .4];

    private OneFlower(FlowRun gradientDescent)
    {
        GradientDescent = gradientDescent;
        WeightNormalization = gradientDescent.With("flow.kind=weight-normalization");
    }

    /// <summary>The first setosa as measured, γ = 6.345; to t = 1e100: <c>figure-04.yaml</c>.</summary>
    public static OneFlower Raw { get; } = new(new FlowRun("theory-iii/figure-04"));

    /// <summary>The same scaled to γ = 1; to t = 1e16, where weight normalization has reached sin θ = 1e-296.</summary>
    public static OneFlower Unit => field ??= new(new FlowRun("theory-iii/figure-04",
        Override.Data(Turned(Scaled).Data), Override.Weights(Turned(Scaled).Start),
        "observe.at.log10-t=[{from: -1, to: 6, count: 141}, {from: 6, to: 16, count: 100}, 0, 1, 2, 4, 8, 16]", "flow.until.log10-t=16"));

    /// <summary>In words, for claims.</summary>
    public static string Words => $"first setosa of Iris, x = {Wording.Row(Flower, zeros: true)} with γ = ‖x‖ = "
        + $"{Wording.Text(Vectors.Norm(Flower), 4)}, and the same scaled to γ = 1; w(0) = {Wording.Row(Begin)}, coordinates turned so that "
        + $"x lies along the first axis; relative tolerance {Wording.Text(Raw.GradientDescent.Experiment.Flow.Relative)}, absolute "
        + Wording.Text(Raw.GradientDescent.Experiment.Flow.Absolute);

    /// <summary>Gradient descent.</summary>
    public FlowRun GradientDescent { get; }

    /// <summary>Weight normalization.</summary>
    public FlowRun WeightNormalization { get; }

    /// <summary>‖x‖, the margin of a single example.</summary>
    public double Gamma => GradientDescent.Data.X[0];

    /// <summary>w(0), turned like x.</summary>
    public double[] Start => GradientDescent.Start;

    /// <summary>θ at the start.</summary>
    public double Theta0 => Math.Atan2(Vectors.Norm(Start.AsSpan(1)), Start[0]);

    /// <summary>Gradient descent.</summary>
    public IReadOnlyList<FlowPoint> Gd(StudyContext context) => GradientDescent.Points(context);

    /// <summary>Weight normalization.</summary>
    public IReadOnlyList<FlowPoint> Wn(StudyContext context) => WeightNormalization.Points(context);

    /// <summary>log sin θ, θ the angle between v and x.</summary>
    public static double LogSine(FlowPoint p) => Math.Log(Vectors.Norm(p.V[1..]) / Vectors.Norm(p.V));

    /// <summary>
    /// The first setosa and the start of both flows in the coordinates of <c>figure-04.yaml</c>, from those of the measurements.
    /// </summary>
    internal static (Dataset Data, double[] Start) TurnedFlower => Turned(Flower);

    private static double[] Scaled => new Dataset("first setosa", Flower, [1], 4).UnitNorm().Example(0).ToArray();

    // The reflection that takes x to ‖x‖e_1, and w(0) with it.
    private static (Dataset Data, double[] Start) Turned(double[] x)
    {
        var norm = Vectors.Norm(x);
        var u = (double[])x.Clone();
        u[0] -= norm;
        var turned = (double[])Begin.Clone();
        Vectors.Add(-2 * Vectors.Dot(u, Begin) / Vectors.Dot(u, u), u, turned);
        return (new Dataset("first setosa, turned", [norm, 0, 0, 0], [1], 4), turned);
    }
}
