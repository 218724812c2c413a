using System.Collections;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Extensions;

/// <summary>
/// Loads assemblies of users: <c>--with MyLab.dll</c>. What its public types hold in public static properties or fields of type
/// <see cref="FlowKind"/>, <see cref="OptimizerKind"/>, <see cref="Measure"/>, <see cref="Loss"/>, <see cref="WeightLayerKind"/>,
/// <see cref="ElementwiseKind"/>, <see cref="RunKind"/>, <see cref="Claim"/> or <see cref="PaperFigure"/>, or lists of these, joins what
/// the library has.
/// </summary>
public static class ExtensionLoader
{
    private static readonly Lock Loading = new();
    private static readonly Dictionary<string, object[]> Known = new(StringComparer.Ordinal);

    // Replaced as a whole, so that readers need no lock.
    private static volatile IStudy[] s_studies = [];

    /// <summary>The claims and figures of all extensions.</summary>
    public static IReadOnlyList<IStudy> Studies => s_studies;

    /// <summary>Loads one; the same file once more does nothing.</summary>
    /// <exception cref="ConfigException">
    /// It is no assembly, is built for another version of Rhoflow, has nothing to add, or lacks what it needs: a sentence that says which.
    /// </exception>
    public static LoadedExtension Load(string file)
    {
        var full = Path.GetFullPath(file);
        lock (Loading)
        {
            var bytes = Read(file);
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (LoadedExtension.All.FirstOrDefault(e => e.Hash == hash) is { } loaded) return loaded;
            RequireVersion(file, bytes);
            var (name, found) = Find(file, full);
            if (LoadedExtension.All.FirstOrDefault(e => e.Name == name.Name) is { } other)
                throw new ConfigException($"--with {file}: another assembly named '{name.Name}' is loaded already, from {other.File}");
            try
            {
                foreach (var one in found) Register(one);
            }
            catch (ArgumentException e)
            {
                throw new ConfigException($"--with {file}: {e.Message.Split(" (Parameter")[0]}", e);
            }
            var extension = new LoadedExtension(name.Name!, name.Version?.ToString(3) ?? "0.0.0", hash, full);
            LoadedExtension.Add(extension);
            Known[hash] = found;
            return extension;
        }
    }

    /// <summary>What an extension has added.</summary>
    public static IReadOnlyList<object> Contents(LoadedExtension extension)
    {
        lock (Loading) return Known[extension.Hash];
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigException($"--with {file}: there is no such file; build the project and give the .dll from its bin folder", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"--with {file}: it cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    // Before anything of it is loaded: members that another version lacks would be found missing in the middle of a run.
    private static void RequireVersion(string file, byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes);
            using var executable = new PEReader(stream);
            if (!executable.HasMetadata) throw new InvalidDataException();
            var metadata = executable.GetMetadataReader();
            if (!metadata.IsAssembly) throw new InvalidDataException();
            var here = typeof(Network).Assembly.GetName();
            var references = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
                .Where(r => metadata.GetString(r.Name) is "Rhoflow" or "Rhoflow.Lab").ToArray();
            if (references.Length == 0)
                throw new ConfigException($"--with {file}: it has no extension in it, since it does not use the package Rhoflow");
            foreach (var r in references)
                if (r.Version.ToString(3) != here.Version!.ToString(3))
                    throw new ConfigException($"--with {file}: it is built for {metadata.GetString(r.Name)} {r.Version.ToString(3)}, and "
                        + $"this is {here.Version.ToString(3)}; build it with the package of this version");
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidDataException)
        {
            throw new ConfigException($"--with {file}: it is no .NET assembly; give the .dll that `dotnet build` makes", e);
        }
    }

    private static (AssemblyName Name, object[] Found) Find(string file, string full)
    {
        try
        {
            var assembly = new ExtensionContext(full).LoadFromAssemblyPath(full);
            object[] found = [.. assembly.GetExportedTypes().Where(static t => !t.ContainsGenericParameters).SelectMany(Values)];
            if (found.Length == 0)
                throw new ConfigException($"--with {file}: it has no extension in it: no public type of it has a public static property "
                    + "that is a FlowKind, OptimizerKind, Measure, Loss, WeightLayerKind, ElementwiseKind, RunKind, Claim or PaperFigure");
            return (assembly.GetName(), found);
        }
        catch (Exception e) when (Missing(e) is { } missing)
        {
            throw new ConfigException($"--with {file}: it needs '{missing}', which is not beside it; `dotnet publish` puts all that it "
                + "needs into one folder", e);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or TypeLoadException or MissingMemberException
            or TargetInvocationException or TypeInitializationException)
        {
            var cause = e;
            while (cause is TargetInvocationException or TypeInitializationException && cause.InnerException is { } inner) cause = inner;
            throw new ConfigException($"--with {file}: it cannot be loaded: {cause.Message.TrimEnd('.')}", e);
        }
    }

    private static string? Missing(Exception? e) => e switch
    {
        FileNotFoundException { FileName: { } name } => name.Split(',')[0],
        ReflectionTypeLoadException several => several.LoaderExceptions.Select(Missing).FirstOrDefault(static m => m is not null),
        TargetInvocationException or TypeInitializationException => Missing(e.InnerException),
        _ => null,
    };

    private static IEnumerable<object> Values(Type type)
    {
        const BindingFlags flags = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var values = type.GetProperties(flags).Where(static p => p.GetIndexParameters().Length == 0 && IsKind(p.PropertyType))
            .Select(static p => p.GetValue(null))
            .Concat(type.GetFields(flags).Where(static f => IsKind(f.FieldType)).Select(static f => f.GetValue(null)));
        return values.SelectMany(static v => v is IEnumerable several ? several.Cast<object>() : [v!]).Where(static v => v is not null)
            .Where(static v => IsOne(v.GetType()));
    }

    private static bool IsKind(Type type) => IsOne(type)
        || type.GetInterfaces().Append(type).Any(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>)
            && IsOne(i.GetGenericArguments()[0]));

    private static bool IsOne(Type type) => type == typeof(FlowKind) || type == typeof(OptimizerKind) || type == typeof(Measure)
        || type == typeof(WeightLayerKind) || type == typeof(ElementwiseKind) || type.IsAssignableTo(typeof(Loss))
        || type.IsAssignableTo(typeof(RunKind)) || type.IsAssignableTo(typeof(IStudy));

    private static void Register(object one)
    {
        switch (one)
        {
            case FlowKind flow: FlowKind.Register(flow); break;
            case OptimizerKind optimizer: OptimizerKind.Register(optimizer); break;
            case Measure measure: MeasureCatalog.Register(measure); break;
            case Loss loss: Loss.Register(loss); break;
            case WeightLayerKind layer: WeightLayerKind.Register(layer); break;
            case ElementwiseKind node: ElementwiseKind.Register(node); break;
            case RunKind kind: RunKinds.Register(kind); break;
            case IStudy study:
                if (s_studies.Any(s => s.Id == study.Id))
                    throw new ArgumentException($"a claim or figure named '{study.Id}' exists already");
                s_studies = [.. s_studies, study];
                break;
        }
    }
}
