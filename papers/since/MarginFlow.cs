using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>
/// One flow of papers/since/margin-flow.yaml from the time t₀ on at which Σ_n ℓ_n is below 1, by the quantities of Lyu and Li:
/// log ‖θ‖, log γ̃ = log log(1/Σ ℓ_n) − D log ‖θ‖ (their eq. 3; D the degree of the network), and β = cos(θ, −∇L).
/// </summary>
internal sealed class MarginFlow
{
    /// <summary>D of two layers with z² between them: f(cθ) = c³ f(θ).</summary>
    public const int Degree = 3;

    private const int Layers = 2, Examples = 100;

    private readonly IObservations _run;

    /// <param name="run">Its observations.</param>
    public MarginFlow(IObservations run)
    {
        _run = run;
        double[] log10Loss = run["log10_loss"];
        double[] logSum = [.. log10Loss.Select(static l => (l * Math.Log(10)) + Math.Log(Examples))];
        First = Array.FindIndex(logSum, static l => l < 0);
        if (First < 0) throw new InvalidOperationException("a flow of papers/since/margin-flow.yaml never has a loss below 1/N");
        double[][] norms = [.. Enumerable.Range(1, Layers).Select(k => run[$"rho_{k}"])];
        LogNorm = [.. Enumerable.Range(First, logSum.Length - First).Select(i => Math.Log(norms.Sum(n => n[i] * n[i])) / 2)];
        LogMargin = [.. LogNorm.Select((norm, i) => Math.Log(-logSum[First + i]) - Degree * norm)];
    }

    /// <summary>Five starts.</summary>
    public static TrainingSweep Sweep { get; } = new("since/margin-flow", "seed=0..4");

    /// <summary>The observation of t₀.</summary>
    public int First { get; }

    /// <summary>log ‖θ‖ from t₀ on.</summary>
    public double[] LogNorm { get; }

    /// <summary>log γ̃ from t₀ on.</summary>
    public double[] LogMargin { get; }

    /// <summary>A column from t₀ on.</summary>
    public double[] this[string column] => _run[column][First..];

    /// <summary>By how much log γ̃ falls from one observation to the next, at most; negative where it never falls.</summary>
    public double LargestFall => LogMargin.Zip(LogMargin.Skip(1), static (before, after) => before - after).Max();

    /// <summary>
    /// Between two observations the mean over log ‖θ‖ of β⁻² − 1 = tan²∠(θ, −∇L) is at most (1/D) Δlog γ̃/Δlog ‖θ‖ (the step of their
    /// proof that leads to KKT points), and so is its least value. Of the smaller one of both ends, the largest share of that bound.
    /// </summary>
    public double LargestShareOfBound => Enumerable.Range(1, LogNorm.Length - 1).Max(i => Math.Min(Tangent[i - 1], Tangent[i]) / Bound(i));

    /// <summary>β⁻² − 1 from t₀ on.</summary>
    public double[] Tangent => [.. this["gradient_alignment"].Select(static b => 1 / (b * b) - 1)];

    /// <summary>(1/D) Δlog γ̃/Δlog ‖θ‖ from observation i − 1 to i.</summary>
    public double Bound(int i) => (LogMargin[i] - LogMargin[i - 1]) / (LogNorm[i] - LogNorm[i - 1]) / Degree;
}
