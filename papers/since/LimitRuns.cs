using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Trainings of papers/since/to-the-limit.yaml: digits, five starts, trained now.</summary>
/// <param name="Name">In texts and legends.</param>
/// <param name="Overrides">Of the config.</param>
internal sealed record LimitRuns(string Name, params string[] Overrides)
{
    private const string Config = "since/to-the-limit";

    /// <summary>Without momentum. ReLUs have kinks, so that Lyu and Li's theorems about gradient descent leave it out too.</summary>
    public static LimitRuns Plain { get; } = new("gradient descent");

    /// <summary>The same with momentum, to log₁₀ L = −1000.</summary>
    public static LimitRuns Momentum { get; } =
        new("momentum .99", "descent.momentum=0.99", "descent.schedule={adaptive: {growth: 1.05}}");

    /// <summary>How they are trained.</summary>
    public TrainingSweep Sweep => new(Config, [.. Overrides, "seed=0..4"]);

    /// <summary>Five runs.</summary>
    public IReadOnlyList<MeasuredRun> Runs(StudyContext context) => Sweep.Runs(context);

    /// <summary>
    /// The observations from the first with log₁₀ L ≤ <paramref name="from"/> on; their <paramref name="column"/> and −log₁₀ L.
    /// </summary>
    public static (double[] Depth, double[] Values) After(IObservations run, string column, double from = -1)
    {
        double[] loss = run["log10_loss"], values = run[column];
        var first = Array.FindIndex(loss, l => l <= from);
        return first < 0 ? ([], []) : ([.. loss[first..].Select(static l => -l)], values[first..]);
    }
}
