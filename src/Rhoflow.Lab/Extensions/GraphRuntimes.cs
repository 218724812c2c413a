using System.Reflection;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Models;

namespace Rhoflow.Lab.Extensions;

/// <summary>
/// The program that computes graphs whose operators networks here do not have: the optional package Rhoflow.OnnxRuntime, from the folder
/// onnxruntime beside this program, or from .build/onnxruntime of the repository. It changes no run, so no run remembers it.
/// </summary>
public static class GraphRuntimes
{
    private const string Assembly = "Rhoflow.OnnxRuntime.dll";

    private static readonly Lazy<GraphRuntime?> s_found = new(static () => In(Folders()));

    /// <summary>How a person gets it, for texts.</summary>
    public const string Remedy = "ONNX Runtime may compute it: dotnet publish src/Rhoflow.OnnxRuntime -c Release --use-current-runtime "
        + "-o .build/onnxruntime (once), and then the same command again";

    /// <summary>The program; null where the package is not installed.</summary>
    /// <exception cref="ConfigException">It is there and cannot be loaded.</exception>
    public static GraphRuntime? Find() => s_found.Value;

    /// <summary>The program in the first of some folders that has it.</summary>
    internal static GraphRuntime? In(IEnumerable<string> folders) =>
        folders.Select(static f => Path.Combine(f, Assembly)).FirstOrDefault(File.Exists) is { } file ? Load(file) : null;

    private static IEnumerable<string> Folders()
    {
        yield return Path.Combine(AppContext.BaseDirectory, "onnxruntime");
        if (Environment.GetEnvironmentVariable("RHOFLOW_HOME") is { Length: > 0 } home)
            yield return Path.Combine(home, ".build", "onnxruntime");
    }

    private static GraphRuntime Load(string file)
    {
        try
        {
            return new ExtensionContext(file).LoadFromAssemblyPath(file).GetExportedTypes()
                .SelectMany(static t => t.GetProperties(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
                .Where(static p => p.PropertyType == typeof(GraphRuntime)).Select(static p => (GraphRuntime?)p.GetValue(null))
                .FirstOrDefault() ?? throw new ConfigException($"{file}: has no program that computes graphs; build it anew");
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MissingMemberException
            or TargetInvocationException or ReflectionTypeLoadException)
        {
            throw new ConfigException($"{file}: cannot be loaded ({(e.InnerException ?? e).Message.TrimEnd('.')}); it has to be built with "
                + "this version of Rhoflow", e);
        }
    }
}
