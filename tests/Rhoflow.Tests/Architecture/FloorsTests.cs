using Rhoflow.Tests.Architecture.Samples;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Architecture;

/// <summary>What the architecture tests stand on: readers and rules see what they must see, on small cases and on random ones.</summary>
public sealed class FloorsTests
{
    private static readonly Floors Two = new("two", "R.", [["Up", "Beside"], ["Down"]]);

    [Fact]
    public void An_import_upwards_is_named_with_both_types()
    {
        Two.Offences([In("R.Up", "A", "R.Down", "B")], static t => t.Namespace).ShouldBeEmpty();
        Two.Offences([In("R.Down", "B", "R.Up.Inner", "A")], static t => t.Namespace)
            .ShouldBe(["Down does not stand above Up: R.Down.B imports R.Up.Inner.A"]);
        Two.Offences([In("R.Up", "A", "R.Beside", "C")], static t => t.Namespace).Single().ShouldContain("R.Up.A imports R.Beside.C");
        Two.Offences([In("R.Up", "A", "R.Attic", "D")], static t => t.Namespace).Single().ShouldContain("R.Attic.D stands on no floor");
    }

    [Fact]
    public void A_circle_is_told_by_its_imports()
    {
        Import[] imports = [In("R.Up", "A", "R.Down", "B"), In("R.Down", "B", "R.Beside", "C"), In("R.Beside", "C", "R.Up", "A"),
            In("R.Up", "A", "R.Up", "E")];
        var circle = Circles.Of(imports, static t => Two.RoomOf(t.Namespace)).ShouldHaveSingleItem();
        circle.Count.ShouldBe(3);
        circle.ShouldBe(imports[..3], ignoreOrder: true);
        for (var i = 0; i < 3; i++) circle[i].To.ShouldBe(circle[(i + 1) % 3].From);
    }

    // Rooms on a circle by the transitive closure of the imports, and by the search.
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(12)]
    public void Circles_of_random_houses_are_those_of_the_transitive_closure(int rooms)
    {
        var random = Random.Shared;
        for (var trial = 0; trial < 50; trial++)
        {
            var reaches = new bool[rooms, rooms];
            var imports = new List<Import>();
            for (var e = 0; e < rooms * 3 / 2; e++)
            {
                var (i, j) = (random.Next(rooms), random.Next(rooms));
                if (i == j) continue;
                reaches[i, j] = true;
                imports.Add(In($"R{i}", "A", $"R{j}", "B"));
            }
            for (var k = 0; k < rooms; k++)
                for (var i = 0; i < rooms; i++)
                    for (var j = 0; j < rooms; j++) reaches[i, j] |= reaches[i, k] && reaches[k, j];
            var circles = Circles.Of(imports, static t => t.Namespace);
            foreach (var import in circles.SelectMany(static c => c))
                reaches[Number(import.To), Number(import.From)].ShouldBeTrue($"{import} is on no circle");
            circles.Count.ShouldBe(Enumerable.Range(0, rooms).Any(i => reaches[i, i]) ? Math.Max(1, circles.Count) : 0);
        }
    }

    [Fact]
    public void Bodies_signatures_attributes_and_closures_are_read()
    {
        var imports = ImportReader.Of([typeof(FloorsTests).Assembly]).Where(static i => i.From.Name == nameof(Importer))
            .Select(static i => i.To.Name).ToHashSet();
        imports.ShouldBe([nameof(InBase), nameof(InBody), nameof(InClosure), nameof(MarkedAttribute), nameof(InTypeArgument),
            nameof(InParameter), nameof(InTypeOf)], ignoreOrder: true);
    }

    [Fact]
    public void The_drawing_is_read_a_floor_per_line()
    {
        const string Text = "text\n```floors a\nUp   Beside\n  Too\n\nDown\n```\n```floors b\nX\n```\n";
        Drawing.Of(Text, "a").Select(static r => string.Join(",", r)).ShouldBe(["Up,Beside,Too", "Down"]);
        Should.Throw<ArgumentException>(() => Drawing.Of(Text, "c")).Message.ShouldContain("floors c");
    }

    private static int Number(TypeName type) => int.Parse(type.Namespace.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    private static Import In(string from, string type, string to, string other) =>
        new(new TypeName("R", from, type), new TypeName("R", to, other));
}
