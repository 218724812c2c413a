using System.Reflection;
using System.Runtime.Loader;

namespace Rhoflow.Lab.Extensions;

/// <summary>
/// Where one extension lives: what it brings along is its own, whatever else is loaded; Rhoflow is this program's, so that a flow from
/// there is a flow here.
/// </summary>
/// <param name="file">The extension's assembly; its packages stand in the .deps.json beside it.</param>
internal sealed class ExtensionContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file), isCollectible: false)
{
    // Types of these are handed to and fro.
    private static readonly Assembly[] s_shared = [typeof(Networks.Network).Assembly, typeof(ExtensionContext).Assembly];

    private readonly AssemblyDependencyResolver _resolver = new(file);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName name)
    {
        if (Array.Find(s_shared, a => a.GetName().Name == name.Name) is { } ours) return ours;
        return _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
