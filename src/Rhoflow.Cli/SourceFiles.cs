using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Rhoflow.Cli;

/// <summary>
/// Where types are written, from the portable PDB beside an assembly or embedded in it. Without one, as in a trimmed
/// installation, nothing is found and the full name of a type has to do.
/// </summary>
internal static class SourceFiles
{
    // “Type definition documents”: the files of types that have no method bodies (interfaces, enumerations).
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>The file of <paramref name="type"/>, relative to the repository and with slashes; null where it is not known.</summary>
    public static string? Of(Type type)
    {
        using var provider = Symbols(type.Assembly.Location);
        if (provider is null) return null;
        var paths = Documents(provider.GetMetadataReader(), type).Distinct(StringComparer.Ordinal).ToList();
        var path = paths.FirstOrDefault(p => Path.GetFileNameWithoutExtension(p).StartsWith(Stem(type), StringComparison.Ordinal))
            ?? paths.FirstOrDefault();
        return path is null ? null : Relative(path, type.Assembly.GetName().Name!);
    }

    // Beside the assembly in a build, inside it where it was published.
    private static MetadataReaderProvider? Symbols(string assembly)
    {
        if (assembly.Length == 0) return null;
        var file = Path.ChangeExtension(assembly, ".pdb");
        if (File.Exists(file)) return MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(file));
        using var image = new PEReader(File.OpenRead(assembly));
        foreach (var entry in image.ReadDebugDirectory())
            if (entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb) return image.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        return null;
    }

    private static IEnumerable<string> Documents(MetadataReader reader, Type type)
    {
        const BindingFlags Own =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var method in type.GetMembers(Own).OfType<MethodBase>())
        {
            var document = reader.GetMethodDebugInformation(
                MetadataTokens.MethodDefinitionHandle(method.MetadataToken & 0xffffff)).Document;
            if (!document.IsNil) yield return Name(document);
        }
        foreach (var handle in reader.GetCustomDebugInformation(MetadataTokens.EntityHandle(type.MetadataToken)))
        {
            var information = reader.GetCustomDebugInformation(handle);
            if (reader.GetGuid(information.Kind) != TypeDefinitionDocuments) continue;
            var blob = reader.GetBlobReader(information.Value);
            while (blob.RemainingBytes > 0) yield return Name(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
        }

        string Name(DocumentHandle document) => reader.GetString(reader.GetDocument(document).Name).Replace('\\', '/');
    }

    // A project lies in src/NAME, but for the papers and the benchmarks.
    private static string Relative(string path, string assembly)
    {
        var project = assembly switch { "Rhoflow.Papers" => "papers", "Rhoflow.Benchmarks" => "benchmarks", _ => $"src/{assembly}" };
        var start = path.LastIndexOf($"/{project}/", StringComparison.Ordinal);
        return start < 0 ? path : path[(start + 1)..];
    }

    private static string Stem(Type type) => type.Name.Split('`')[0];
}
