using Rhoflow.Lab.Report;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Report;

public class SelectionTests
{
    private static readonly SampleStudies Studies = new();

    private static string[] Chosen(params string[] words)
    {
        var selection = Selection.Of(words, [.. Studies.All, Studies.Throws, Studies.Holds with { Id = "b100-far", Figures = [] }]);
        return [.. selection.Claims.Select(c => c.Id), .. selection.Figures.Select(f => f.Id)];
    }

    [Fact]
    public void No_word_is_everything() => Chosen().Length.ShouldBe(6);

    [Theory]
    [InlineData("b06-constant", "b06-constant")]
    [InlineData("B06", "b06-constant")]
    [InlineData("b6", "b06-constant")]
    [InlineData("b10", "b10-faster")]
    [InlineData("b1", "b01-euler first/figure-02")]
    [InlineData("b1*", null)]
    [InlineData("first/figure-02", "first/figure-02")]
    [InlineData("first/fig", "first/figure-02")]
    [InlineData("first", "b01-euler b06-constant b100-far first/figure-02")]
    [InlineData("firstb", "b10-faster b11-throws")]
    [InlineData("b10-f b06", "b06-constant b10-faster")]
    public void Words_choose_by_id_paper_number_or_beginning(string words, string? expected)
    {
        if (expected is null) Should.Throw<UnknownIdException>(() => Chosen(words));
        else Chosen(words.Split(' ')).ShouldBe(expected.Split(' '));
    }

    [Theory]
    [InlineData("b07", "b01-euler")]
    [InlineData("b06-konstant", "b06-constant")]
    [InlineData("first/figur-2", "first/figure-02")]
    [InlineData("b10-slower", "b10-faster")]
    public void An_unknown_word_names_the_nearest(string word, string nearest)
    {
        var message = Should.Throw<UnknownIdException>(() => Chosen("b06", word)).Message;
        message.ShouldContain($"'{word}'");
        message.ShouldContain(nearest);
        message.ShouldContain("rhoflow list claims");
    }
}
