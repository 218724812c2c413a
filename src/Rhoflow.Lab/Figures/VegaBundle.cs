namespace Rhoflow.Lab.Figures;

/// <summary>
/// Vega, Vega-Lite and Vega-Embed as they are published for browsers, embedded in this assembly: pages that hold them work without a
/// network, and are made without Node. The same versions as the renderer's (<c>Render/package.json</c>).
/// </summary>
internal static class VegaBundle
{
    /// <summary>Their files, in the order in which a page loads them.</summary>
    public static IReadOnlyList<string> Files { get; } = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"];

    /// <summary>All of them, to stand in one script element.</summary>
    public static string Scripts => string.Join('\n', Files.Select(Read));

    /// <summary>One of them.</summary>
    public static string Read(string file)
    {
        using var stream = typeof(VegaBundle).Assembly.GetManifestResourceStream($"Rhoflow.Lab.Figures.Vega.{file}")
            ?? throw new InvalidOperationException($"{file} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
