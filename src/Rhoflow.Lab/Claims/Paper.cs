namespace Rhoflow.Lab.Claims;

/// <summary>A paper whose claims are checked and whose figures are drawn.</summary>
/// <param name="Key">Folder and file name, as in <c>theory-iii</c>.</param>
/// <param name="Name">Short name, as in “Theory III”.</param>
/// <param name="Title">Authors, full title, where it appeared: one line.</param>
public sealed record Paper(string Key, string Name, string Title)
{
    /// <summary>
    /// How equations of it are cited, as in <c>T3 eq. 22</c>: <c>T3</c>. Empty for a page that prints no equations of its own.
    /// </summary>
    public string Short { get; init; } = "";

    /// <summary>The year in which it appeared; 0 for a page that is no paper.</summary>
    public int Year { get; init; }

    /// <summary>Its main theorems; the items of each name the claims that carry them.</summary>
    public IReadOnlyList<Theorem> Theorems { get; init; } = [];

    /// <summary>Its sections and appendices in reading order.</summary>
    public IReadOnlyList<PaperSection> Sections { get; init; } = [];

    /// <summary>Where it can be read; null for a page that is no paper.</summary>
    public Uri? Link { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
