using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Tests.Lab.Report;

/// <summary>A small catalogue whose truths are known: one claim of each verdict, one that throws, one figure.</summary>
internal sealed class SampleStudies
{
    public SampleStudies()
    {
        Holds = MakeHolds();
        Care = MakeCare();
        Fails = MakeFails();
        Throws = Sample("b11-throws", FirstB, "Nothing.", _ => throw new InvalidOperationException("the step <h> went to 0 at t = 3"));
        Figure = MakeFigure();
    }

    public static readonly Paper First = new("first", "First paper", "A. Author: A first paper <with & signs> (2019)");
    public static readonly Paper FirstB = new("firstb", "First paper, part b", "A. Author: Its sequel (2020)");

    public IReadOnlyList<Paper> Papers => [First, FirstB];

    /// <summary>How often a check or a drawing really ran, by id.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, int> Runs { get; } = new(StringComparer.Ordinal);

    public Claim Holds { get; }

    private static readonly SharedResult<double> Sum = new(_ => 3e-13);

    private Claim MakeHolds() =>
        Sample("b01-euler", First, "The gradient’s product with W_k is f: ⟨W_k, ∂f/∂W_k⟩ = f for every k, if x < y & z > 0.", context =>
    {
        var judge = new Judge();
        judge.Premise.AtMost("difference of two integrators", Sum.Of(context), 1e-10);
        judge.Measure("series", 1, 2.5, double.NaN);
        judge.Measure("data", "two points <in> the plane");
        judge.Printed.Near("error · log t at t = 1e100", 1.0265, 1.029963, relative: 0.01);
        var t = Grid(400, i => 2.5 * i);
        return judge.Outcome(
            holds: "error · log t is 1.0265 at t = 1e100, within 1 % of |c| = 1.02996; the exponent e^{−ρf} stays finite.",
            chart: new Chart(Errors(t)), caption: "Dashed: the predicted law |c|/log t.");
    }) with
        { Figures = ["first/figure-02"] };

    public Claim Care { get; }

    private Claim MakeCare() =>
        Sample("b06-constant", First, "The product is R = li^{-1}(4ft + C), with ‖W_k‖_F = ρ_k; snake_case stays.", _ =>
    {
        var judge = new Judge();
        judge.Printed.Near("product at t = 1000", 9.75103, 10.53337, relative: 1e-4);
        judge.Amended("the constant is 2f, not 4f").Near("product at t = 1000", 9.75103, 9.751031, relative: 1e-6);
        return judge.Outcome();
    });

    public Claim Fails { get; }

    private Claim MakeFails() =>
        Sample("b10-faster", FirstB, "Weight normalization converges faster than gradient descent, as t^(−½ log t).", _ =>
    {
        var judge = new Judge();
        judge.Printed.AtMost("ratio of the errors at t = 1e100", 0.616, 0.01);
        judge.Amended("both are Θ(1/log t)").Near("error · ρ", 1.6738, 1.73628, relative: 0.05);
        return judge.Outcome();
    });

    public Claim Throws { get; }

    public PaperFigure Figure { get; }

    private PaperFigure MakeFigure() => new()
    {
        Id = "first/figure-02",
        Paper = First,
        Number = "2",
        Title = "Direction error, GD beside WN",
        Config = "papers/first/figure-02.yaml",
        Caption = "Left: GD. Right: WN. The paper does not give the data; these are z = (1, ½), (0.4, 1.2).",
        Build = _ =>
        {
            Count("first/figure-02");
            var t = Grid(3000, i => 0.3 * i);
            return new Chart(Errors(t), new Panel("Margin", new Axis("1 / log t"), new Axis("margin γ"))
                .Line("measured", [.02, .1, .2], [.7432, .742, .735]).Predicted("γ* − c/log t", [.02, .1, .2], [.74314, .741, .733])
                .Level("γ* = 0.743137", .743137).At("separated", .15))
            {
                Findings = "It falls < 1 % below γ*, like c/log t.",
            };
        },
    };

    public IReadOnlyList<Claim> Claims => [Holds, Care, Fails];

    public IReadOnlyList<IStudy> All => [Holds, Figure, Care, Fails];

    private static Panel Errors(double[] log10T) =>
        new Panel("Gradient descent", new Axis("t", Scale.Exponent), new Axis("‖v − v*‖", Scale.Log))
        .Line("measured", log10T, [.. log10T.Select((x, i) => i == 7 ? double.NaN : (1 + 0.3 * Math.Sin(x / 20)) / (x + 1))])
        .Predicted("|c| / log t", log10T, x => 1.03 / (x + 1))
        .Points("reference", [10, 100, 500], [.1, .0103, .002]);

    private static double[] Grid(int n, Func<int, double> at) => [.. Enumerable.Range(0, n).Select(at)];

    private void Count(string id) => Runs.AddOrUpdate(id, 1, (_, n) => n + 1);

    private Claim Sample(string id, Paper paper, string statement, Func<StudyContext, ClaimOutcome> check) => new()
    {
        Id = id,
        Paper = paper,
        Place = "eq. 80, §16 & Fig. 4",
        Hypothesis = "A linear network, separable data (§16).",
        Statement = statement,
        SetUp = "Iris, setosa against the rest, w(0) = (.3, −.2, .1, .4), 8th-order steps in log t.",
        Expected = "error · log t → |c| = 1.029963.",
        Check = context =>
        {
            Count(id);
            return check(context);
        },
    };
}
