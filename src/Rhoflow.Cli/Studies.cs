using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Extensions;
using Rhoflow.Papers.Catalog;

namespace Rhoflow.Cli;

/// <summary>What `reproduce` knows: the papers' claims and figures, then those of extensions.</summary>
internal static class Studies
{
    /// <summary>All claims and figures.</summary>
    public static IReadOnlyList<IStudy> Contents => [.. PapersCatalog.Contents, .. ExtensionLoader.Studies];

    /// <summary>The papers that have them.</summary>
    public static IReadOnlyList<Paper> Papers =>
        [.. PapersCatalog.Papers.Concat(ExtensionLoader.Studies.Select(static s => s.Paper))
            .DistinctBy(static p => p.Key, StringComparer.Ordinal)];

    /// <summary>The claims.</summary>
    public static IReadOnlyList<Claim> Claims => [.. Contents.OfType<Claim>()];

    /// <summary>The figures.</summary>
    public static IReadOnlyList<PaperFigure> Figures => [.. Contents.OfType<PaperFigure>()];
}
