using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// One example of Iris, turned onto the first axis, so that sin θ = ‖(v_2 … v_4)‖ keeps its relative precision down to 1e-300
/// (T3 figure 4). Both flows commute with rotations.
/// </summary>
internal sealed class OneFlower
{
    private readonly string _name;
    private readonly double[] _decades;

    private OneFlower(string name, double[] x, double last)
    {
        _name = name;
        Gamma = Vectors.Norm(x);
        Data = new Dataset(name, [Gamma, 0, 0, 0], [1], 4);
        Start = Turned(x, SetUp.Start);
        _decades = [.. Curves.Exponents(-1, 6, 141).Concat(Curves.Exponents(6, last, 100, [.. new[] { 0.0, 1, 2, 4, 8, 16, 50, 100 }.Where(e => e <= last)])).Distinct().Order()];
    }

    private static FigureSetUp SetUp { get; } = FigureSetUp.Load("theory-iii/figure-04");

    /// <summary>The first setosa as measured, γ = 6.345; to t = 1e100.</summary>
    public static OneFlower Raw { get; } = new("raw", SetUp.Data.Example(0).ToArray(), 100);

    /// <summary>The same scaled to γ = 1; to t = 1e16, where weight normalization has reached sin θ = 1e-296.</summary>
    public static OneFlower Unit { get; } = new("unit", SetUp.Data.UnitNorm().Example(0).ToArray(), 16);

    /// <summary>In words, for claims.</summary>
    public const string Words = "first setosa of Iris, x = (5.1, 3.5, 1.4, 0.2) with γ = ‖x‖ = 6.345, and the same scaled to γ = 1; w(0) = (.3, −.2, .1, .4), coordinates turned so that x "
        + "lies along the first axis; relative tolerance 1e-11, absolute 1e-300";

    /// <summary>‖x‖, the margin of a single example.</summary>
    public double Gamma { get; }

    /// <summary>x on the first axis.</summary>
    public Dataset Data { get; }

    /// <summary>w(0), turned alike.</summary>
    public double[] Start { get; }

    /// <summary>Gradient descent.</summary>
    public IReadOnlyList<FlowPoint> Gd(StudyContext context) => Follow(context, "gd", risk => new UnconstrainedFlow(risk));

    /// <summary>Weight normalization.</summary>
    public IReadOnlyList<FlowPoint> Wn(StudyContext context) => Follow(context, "wn", risk => new WeightNormalizationFlow(risk));

    /// <summary>log sin θ, θ the angle between v and x.</summary>
    public static double LogSine(FlowPoint p) => Math.Log(Vectors.Norm(p.V.AsSpan(1)) / Vectors.Norm(p.V));

    /// <summary>θ at the start.</summary>
    public double Theta0 => Math.Atan2(Vectors.Norm(Start.AsSpan(1)), Start[0]);

    private IReadOnlyList<FlowPoint> Follow(StudyContext context, string kind, Func<EmpiricalRisk, Flow> flow) =>
        context.Shared<IReadOnlyList<FlowPoint>>($"theory-iii/one-flower/{_name}/{kind}", () =>
            [.. flow(new EmpiricalRisk(SetUp.Network, SetUp.Config.Loss.Loss, Data, SetUp.Config.Loss.Reduction)).From(Start, SetUp.Options)
                .At(_decades.Instants(), context.Cancellation)]);

    // The reflection that takes x to ‖x‖e_1.
    private static double[] Turned(double[] x, double[] w)
    {
        var u = (double[])x.Clone();
        u[0] -= Vectors.Norm(x);
        var turned = (double[])w.Clone();
        Vectors.Add(-2 * Vectors.Dot(u, w) / Vectors.Dot(u, u), u, turned);
        return turned;
    }
}
