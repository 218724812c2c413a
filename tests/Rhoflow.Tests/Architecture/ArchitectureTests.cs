using System.Reflection;
using Rhoflow.Benchmarks;
using Rhoflow.Lab.Experiments;
using Rhoflow.Networks;
using Rhoflow.Papers.Catalog;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Architecture;

/// <summary>
/// The house stands as ARCHITECTURE.md draws it: what imports what is read from the built assemblies, and again from the sources.
/// </summary>
public sealed class ArchitectureTests
{
    internal static readonly IReadOnlyList<Assembly> Assemblies =
        [typeof(Network).Assembly, typeof(Experiment).Assembly, typeof(PapersCatalog).Assembly, typeof(Suite).Assembly,
            typeof(Rhoflow.Cli.CommandLine).Assembly];

    internal static readonly Lazy<IReadOnlyCollection<Import>> Built = new(static () => ImportReader.Of(Assemblies));

    public static TheoryData<string> Houses => new("Rhoflow", "Rhoflow.Lab", "Rhoflow.Papers");

    public static TheoryData<string> Drawings => new(Floors.All.Select(static f => f.Name));

    [Fact]
    public void An_assembly_imports_only_from_assemblies_below_it() =>
        Floors.Assemblies.Offences(Built.Value, static t => t.Assembly).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Houses))]
    public void A_room_imports_only_from_rooms_below_it(string assembly)
    {
        var floors = Of(assembly);
        floors.Offences(Within(assembly), static t => t.Namespace).ShouldBeEmpty();
        Circles.Of(Within(assembly), t => floors.RoomOf(t.Namespace)).Select(static c => string.Join("; ", c)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Houses))]
    public void A_file_names_only_rooms_below_its_own(string assembly) =>
        Of(assembly).Offences(UsingReader.Of(Sources(assembly), assembly + "."), static t => t.Namespace)
            .ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Drawings))]
    public void The_document_draws_the_same_floors(string name)
    {
        var floors = Floors.All.Single(f => f.Name == name);
        var drawn = Drawing.Of(Drawing.Document("ARCHITECTURE.md"), name);
        Sorted(drawn).ShouldBe(Sorted(floors.Rows));
    }

    [Theory]
    [MemberData(nameof(Drawings))]
    public void Every_room_that_is_drawn_has_a_type_in_it(string name)
    {
        var floors = Floors.All.Single(f => f.Name == name);
        HashSet<string?> seen = [.. Built.Value.SelectMany(static i => new[] { i.From, i.To })
            .Select(t => floors.RoomOf(floors.Prefix.Length == 0 ? t.Assembly : t.Namespace))];
        floors.Rows.SelectMany(static row => row).Where(room => !seen.Contains(room)).ShouldBeEmpty();
    }

    // Two readers: what a file states is found in what was built from it, but for constants, types that only doc comments name, and
    // aliases of a type in the same room.
    [Theory]
    [MemberData(nameof(Houses))]
    public void Built_assemblies_hold_the_imports_that_sources_state(string assembly)
    {
        var floors = Of(assembly);
        HashSet<(string From, string To)> built = [.. Within(assembly).Select(static i => (i.From.Namespace, i.To.Namespace))];
        HashSet<(string From, string To)> stated =
            [.. UsingReader.Of(Sources(assembly), assembly + ".")
                .Select(static i => (i.From.Namespace, i.To.Namespace))
                .Where(i => floors.RoomOf(i.Item1) != floors.RoomOf(i.Item2))];
        stated.Count.ShouldBeGreaterThan(15);
        stated.Count(built.Contains).ShouldBeGreaterThan(stated.Count * 9 / 10);
    }

    private static string Sources(string assembly) =>
        Path.Combine(Drawing.Root(), assembly == "Rhoflow.Papers" ? "papers" : Path.Combine("src", assembly));

    private static IEnumerable<Import> Within(string assembly) =>
        Built.Value.Where(i => i.From.Assembly == assembly && i.To.Assembly == assembly);

    private static Floors Of(string assembly) => Floors.All.Single(f => f.Prefix == assembly + ".");

    private static IEnumerable<string> Sorted(IEnumerable<IReadOnlyList<string>> rows) =>
        rows.Select(static row => string.Join(" ", row.Order(StringComparer.Ordinal)));
}
