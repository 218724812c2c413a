namespace Rhoflow.Lab.Claims;

/// <summary>A paper whose claims are checked and whose figures are drawn.</summary>
/// <param name="Key">Folder and file name, as in <c>theory-iii</c>.</param>
/// <param name="Name">Short name, as in “Theory III”.</param>
/// <param name="Title">Authors, full title, where it appeared: one line.</param>
public sealed record Paper(string Key, string Name, string Title)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
