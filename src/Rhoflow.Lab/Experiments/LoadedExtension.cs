using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// An assembly of a user's that this process has loaded. What it adds may decide a result, so it is part of every run's identity.
/// </summary>
/// <param name="Name">The assembly's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Hash">The SHA-256 of its file.</param>
/// <param name="File">Where it lies; no part of the identity.</param>
public sealed record LoadedExtension(string Name, string Version, string Hash, string File)
{
    // Replaced as a whole, so that readers need no lock.
    private static volatile LoadedExtension[] s_all = [];

    /// <summary>All of them, in the order of their names.</summary>
    public static IReadOnlyList<LoadedExtension> All => s_all;

    /// <summary>Name, version and hash.</summary>
    public override string ToString() => $"{Name} {Version} sha256-{Hash}";

    /// <summary>For environment.json.</summary>
    public JsonObject ToJson() => new() { ["name"] = Name, ["version"] = Version, ["sha256"] = Hash, ["file"] = File };

    internal static void Add(LoadedExtension extension) =>
        s_all = [.. s_all.Append(extension).OrderBy(static e => e.Name, StringComparer.Ordinal)];
}
