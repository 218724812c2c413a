using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Tables;

/// <summary>A column of a run held against a value, or against another column.</summary>
/// <param name="Left">The column.</param>
/// <param name="Sign">=, !=, &lt;, &lt;=, &gt; or &gt;=.</param>
/// <param name="Value">What it is compared with, unless <paramref name="Right"/> is; nothing is null.</param>
/// <param name="Right">Another column; null where it is compared with a value.</param>
public sealed record Comparison(RunColumn Left, string Sign, Cell Value, RunColumn? Right)
{
    /// <summary>Whether it asks for what is not there, by null.</summary>
    public bool AsksForNull => Right is null && Value.IsNothing;

    /// <summary>
    /// Whether it holds for a run. Nothing equals nothing, and differs from every value; of a number and a text none is the larger.
    /// </summary>
    public bool Holds(RunRecord run)
    {
        var (left, right) = (Left.Value(run), Right is null ? Value : Right.Value(run));
        // Beside a text a number without quotes is what was typed: an id may be 12345678.
        if (left.Number is null && right.Text is not null) right = Cell.OfText(right.Text);
        var order = Cell.Compare(left, right);
        return Sign switch
        {
            "=" => order == 0 || (left.IsNothing && right.IsNothing),
            "!=" => order != 0 && !(left.IsNothing && right.IsNothing),
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }
}
