using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>A network that was trained from several norms, as panels show it.</summary>
/// <param name="Name">Data and network.</param>
/// <param name="Starts">From which.</param>
internal sealed record NormGroup(string Name, IReadOnlyList<NormSweep.Start> Starts)
{
    /// <summary>Whether batch normalization stands behind the last layer too: Σg² = N then, at any weights.</summary>
    public bool NormalizesOutputs { get; init; }

    /// <summary>Starts from which every seed diverged: no panel shows them, the title names them.</summary>
    public IReadOnlyList<NormSweep.Start> Diverged { get; init; } = [];

    /// <summary>Starts from which no seed is left are set apart.</summary>
    public static NormGroup Of(string name, IReadOnlyList<NormSweep.Start> starts) =>
        new(name, [.. starts.Where(static s => s.Runs.Count > 0)]) { Diverged = [.. starts.Where(static s => s.Runs.Count == 0)] };

    /// <summary>With its true size: epochs, and seeds of every start.</summary>
    public string Title
    {
        get
        {
            int least = Starts.Min(static s => s.Runs.Count), most = Starts.Max(static s => s.Runs.Count);
            var seeds = least < most ? $"{least} to {most} seeds" : most == 1 ? "1 seed" : $"{most} seeds";
            var lost = string.Concat(Starts.Concat(Diverged).Where(static s => s.Diverged > 0)
                .Select(static s => $"; {(s.Runs.Count == 0 ? "" : $"{s.Diverged} ")}from norm {s.Norm} diverged"));
            return $"{Name}, {Wording.Count((long)Starts.Max(static s => s.Last("epoch").Max))} epochs, {seeds}{lost}";
        }
    }
}

/// <summary>An earlier experiment at full size, of one seed, of which tables were kept.</summary>
/// <param name="Config">papers/square-loss/CONFIG.yaml.</param>
/// <param name="Words">In what it is another one.</param>
/// <param name="NormalizesOutputs">Whether batch normalization stands behind the last layer too.</param>
internal sealed record EarlierNorms(string Config, string Words, bool NormalizesOutputs)
{
    /// <summary>What is kept of it; null: nothing.</summary>
    public NormGroup? Group(IEnumerable<string> norms)
    {
        NormSweep.Start[] starts = [.. norms.Select(n => (n, Run: NormTraining.Kept($"square-loss/{Config}", $"norm-{n}")))
            .Where(static n => n.Run is not null).Select(static n => new NormSweep.Start(n.n, [n.Run!]))];
        return starts.Length == 0 ? null : new NormGroup($"CIFAR-10, {Words}", starts) { NormalizesOutputs = NormalizesOutputs };
    }
}
