namespace Rhoflow.Benchmarks;

/// <summary>One thing to time: our side as an action that repeats itself, the peers' names for the same.</summary>
/// <param name="Name">The row, and what the peer's script calls it.</param>
/// <param name="Threads">Threads of both sides.</param>
/// <param name="Script">The peer's script.</param>
/// <param name="Peers">Libraries that have a counterpart.</param>
/// <param name="Create">Makes our side: does the work <c>count</c> times.</param>
/// <param name="Flops">Floating-point operations of one repetition, multiply and add counted each; 0 where nobody counts.</param>
/// <param name="IsSingle">Whether they are float32.</param>
/// <param name="IsRate">Reported as repetitions a second (true) or seconds a repetition.</param>
/// <param name="Goal">What the row must reach.</param>
/// <param name="Bound">What holds it back, in words.</param>
internal sealed record Work(
    string Name, int Threads, string Script, string[] Peers, Func<Action<int>> Create, double Flops, bool IsSingle, bool IsRate, Goal? Goal,
        string Bound)
{
    /// <summary>Alternating pairs that are timed at most.</summary>
    public int Pairs { get; init; } = int.MaxValue;

    /// <summary>Whether it takes minutes, so that it is left out unless it is asked for.</summary>
    public bool IsDear { get; init; }

    /// <summary>Another work of ours that this one's cost is compared with.</summary>
    public Func<Action<int>>? Beside { get; init; }
}
