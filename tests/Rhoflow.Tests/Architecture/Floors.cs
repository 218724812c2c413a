namespace Rhoflow.Tests.Architecture;

/// <summary>
/// Which room stands on which floor, from the top down: a room imports only from rooms on lower floors, so rooms on one floor do not know
/// each other.
/// </summary>
/// <param name="Name">What the block in ARCHITECTURE.md is called.</param>
/// <param name="Prefix">What stands before every name of a room; empty for assemblies.</param>
/// <param name="Rows">Floors, the highest first; a room is a namespace with those below it that have no floor of their own, or an
/// assembly.</param>
internal sealed record Floors(string Name, string Prefix, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Assemblies.</summary>
    public static readonly Floors Assemblies = new("assemblies", "",
    [
        ["rhoflow-cli"],
        ["Rhoflow.Papers", "Rhoflow.Benchmarks"],
        ["Rhoflow.Lab"],
        ["Rhoflow"],
    ]);

    /// <summary>Rooms of the library.</summary>
    public static readonly Floors Library = new("library", "Rhoflow.",
    [
        ["Measures.Catalog"],
        ["Measures.Spectra"],
        ["Measures.Bounds", "Measures.Collapse", "Measures.Curvature", "Measures.Direction", "Measures.Equilibrium", "Measures.Limits",
            "Measures.LossAndError",
            "Measures.NormalizedLoss", "Measures.Norms", "Measures.Overlap", "Measures.Structure"],
        ["Measures.Margins"],
        ["Measures", "Flows", "Descents", "Limits"],
        ["Observations"],
        ["Losses"],
        ["Data", "Networks", "Regression", "Approximation", "Numerics.Eigen"],
        ["Numerics"],
        ["Kernels"],
    ]);

    /// <summary>Rooms of Lab.</summary>
    public static readonly Floors Lab = new("lab", "Rhoflow.Lab.",
    [
        ["Report"],
        ["Clusters", "Export", "Inspection", "Plots"],
        ["Extensions"],
        ["Launching"],
        ["WatchRuns"],
        ["FlowRuns", "DescentRuns", "Claims", "Tables"],
        ["Runs"],
        ["Experiments"],
        ["Weights"],
        ["Models"],
        ["Config", "Datasets", "Figures"],
        ["Files", "Typesetting"],
    ]);

    /// <summary>Rooms of the papers.</summary>
    public static readonly Floors Papers = new("papers", "Rhoflow.Papers.",
    [
        ["Equations"],
        ["Catalog"],
        ["Since"],
        ["TheoreticalIssues", "SquareLoss", "Schedules", "Measures"],
        ["TheoryIIIb"],
        ["TheoryIII"],
        ["SetUps"],
    ]);

    /// <summary>All drawings.</summary>
    public static IReadOnlyList<Floors> All => [Assemblies, Library, Lab, Papers];

    /// <summary>The room that a namespace (or an assembly) belongs to; null where it stands on no floor.</summary>
    public string? RoomOf(string name) =>
        Rows.SelectMany(static row => row).Where(r => name == Prefix + r || name.StartsWith(Prefix + r + ".", StringComparison.Ordinal))
            .MaxBy(static r => r.Length);

    /// <summary>The floor of a room, counted from the top.</summary>
    public int FloorOf(string room) => Enumerable.Range(0, Rows.Count).First(i => Rows[i].Contains(room));

    /// <summary>Sentences about every import that does not go down, and every type that has no floor; both types are named.</summary>
    /// <param name="imports">Who imports whom.</param>
    /// <param name="place">The name that decides the room: namespace or assembly.</param>
    public IEnumerable<string> Offences(IEnumerable<Import> imports, Func<TypeName, string> place)
    {
        foreach (var import in imports)
        {
            var (from, to) = (RoomOf(place(import.From)), RoomOf(place(import.To)));
            if (from is null || to is null)
                yield return $"{(from is null ? import.From : import.To)} stands on no floor of '{Name}'; add its room to Floors.cs and "
                    + "ARCHITECTURE.md";
            else if (from != to && FloorOf(from) >= FloorOf(to)) yield return $"{from} does not stand above {to}: {import}";
        }
    }
}
