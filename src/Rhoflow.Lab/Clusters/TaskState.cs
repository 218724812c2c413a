namespace Rhoflow.Lab.Clusters;

/// <summary>How a task stands, in Slurm's word.</summary>
/// <param name="Word">In lower case: pending, running, cancelled, timeout, out_of_memory.</param>
/// <param name="Reason">Why it is pending; empty otherwise.</param>
internal sealed record TaskState(string Word, string Reason)
{
    private static readonly string[] s_alive =
        ["pending", "running", "suspended", "completing", "configuring", "requeued", "requeue_hold", "requeue_fed", "resizing", "signaling",
            "stage_out", "stopped", "special_exit"];

    /// <summary>Of Slurm's own words.</summary>
    public static TaskState Of(string word, string reason) =>
        word.ToLowerInvariant() is var w && w == "pending" && reason != "None" ? new(w, reason) : new(w, "");

    /// <summary>Whether it may still do something.</summary>
    public bool IsAlive => s_alive.Contains(Word);

    /// <summary>Whether it waits for its turn.</summary>
    public bool IsWaiting => Word is "pending" or "configuring" or "requeued" or "requeue_hold";

    /// <summary>Whether what ended it is likely to end it again.</summary>
    public bool IsCrash => Word is "failed" or "out_of_memory";

    /// <summary>What became of it, in words that follow "its task was".</summary>
    public string Told => Word switch
    {
        "cancelled" => "was cancelled",
        "timeout" or "deadline" => "ran out of time",
        "out_of_memory" => "needs more memory than it was given",
        "node_fail" or "boot_fail" => "lost its node",
        "preempted" => "was preempted",
        "failed" => "failed",
        "completed" => "ended without finishing it",
        _ => $"is {Word}",
    };
}
