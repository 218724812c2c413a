using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Typesetting;

namespace Rhoflow.Lab.Figures;

/// <summary>A picture to draw.</summary>
/// <param name="Specification">Vega-Lite specification with sizes.</param>
/// <param name="File">The file to write: SVG, or PNG (at twice the size) where its name ends so.</param>
public sealed record SvgJob(JsonObject Specification, string File);

/// <summary>
/// Draws specifications as SVG with Vega in Node, and these as PNG with resvg; sets TeX as MathML with Temml. The
/// renderer is a folder with <c>render.mjs</c>, <c>typeset.mjs</c> and their <c>node_modules</c>:
/// <c>src/Rhoflow.Lab/Render</c> of the project, <c>render</c> beside the program, or wherever RHOFLOW_RENDER points.
/// </summary>
public sealed class SvgRenderer
{
    private static readonly string[] s_packages = ["vega", "vega-lite", "temml"];

    private readonly string _version;

    private SvgRenderer(string folder)
    {
        Folder = folder;
        _version = ContentHash.Of(File.ReadAllText(Path.Combine(folder, "render.mjs")) + JsonSerializer.Serialize(Theme.Dark));
    }

    /// <summary>The folder with <c>render.mjs</c> and <c>node_modules</c>.</summary>
    public string Folder { get; }

    /// <summary>Looks for the renderer. True if there is one that works.</summary>
    /// <param name="renderer">The renderer; null where there is none.</param>
    /// <param name="missing">What to do to get one; null where there is one.</param>
    public static bool TryFind([NotNullWhen(true)] out SvgRenderer? renderer, [NotNullWhen(false)] out string? missing)
    {
        var folder = Candidates().FirstOrDefault(f => File.Exists(Path.Combine(f, "render.mjs")));
        missing = null;
        if (folder is null)
        {
            missing = "the folder with render.mjs was not found: set RHOFLOW_RENDER to src/Rhoflow.Lab/Render of the project";
        }
        else if (NodeVersion() is var version && version < 20)
        {
            missing = (version == 0 ? "Node is not installed" : $"Node {version} is too old")
                + ": get Node 20 or newer from https://nodejs.org";
        }
        else if (!s_packages.All(p => File.Exists(Path.Combine(folder, "node_modules", p, "package.json"))))
        {
            missing = $"Vega and Temml are not installed: run 'npm ci' in {folder}";
        }
        renderer = missing is null ? new SvgRenderer(folder!) : null;
        return renderer is not null;
    }

    /// <summary>
    /// Draws <paramref name="jobs"/>, except those whose file was made from the same specification already. Returns what went wrong, by
    /// file; empty when all is well.
    /// </summary>
    public IReadOnlyDictionary<string, string> Draw(IReadOnlyList<SvgJob> jobs, CancellationToken cancellation = default)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        var todo = new JsonArray();
        foreach (var job in jobs)
        {
            var stamp = Stamp(job.Specification);
            if (IsDrawn(job.File, stamp)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(job.File))!);
            todo.Add(new JsonObject { ["specification"] = job.Specification.DeepClone(), ["file"] = job.File, ["stamp"] = stamp });
            errors[job.File] = "the renderer ended before it came to this picture";
        }
        if (todo.Count == 0) return errors;

        var input = new JsonObject { ["jobs"] = todo, ["dark"] = JsonSerializer.SerializeToNode(Theme.Dark) };
        var (lines, trouble) = Ask("render.mjs", input, cancellation);
        foreach (var line in lines)
        {
            using var answer = JsonDocument.Parse(line);
            var file = answer.RootElement.GetProperty("file").GetString()!;
            if (answer.RootElement.GetProperty("error").GetString() is { } error) errors[file] = error;
            else errors.Remove(file);
        }
        if (trouble is not null)
        {
            foreach (var file in errors.Keys.ToList()) errors[file] = trouble;
        }
        return errors;
    }

    /// <summary>
    /// Sets <paramref name="formulas"/> as MathML with Temml, all in one process. What it refuses is in the second dictionary, with the
    /// reason.
    /// </summary>
    public (IReadOnlyDictionary<Formula, string> MathMl, IReadOnlyDictionary<Formula, string> Refused) Typeset(
        IReadOnlyCollection<Formula> formulas, CancellationToken cancellation = default)
    {
        var (set, refused) = (new Dictionary<Formula, string>(), new Dictionary<Formula, string>());
        if (formulas.Count == 0) return (set, refused);
        Formula[] ordered = [.. formulas.Distinct()];
        var input = new JsonArray([.. ordered.Select(static f => (JsonNode)new JsonObject { ["tex"] = f.Tex, ["display"] = f.Display })]);
        var (lines, trouble) = Ask("typeset.mjs", input, cancellation);
        foreach (var (formula, line) in ordered.Zip(lines))
        {
            using var answer = JsonDocument.Parse(line);
            if (answer.RootElement.GetProperty("mathml").GetString() is { } mathml) set[formula] = mathml;
            else refused[formula] = answer.RootElement.GetProperty("error").GetString()!;
        }
        foreach (var formula in ordered.Skip(lines.Count))
            refused[formula] = trouble ?? "the renderer ended before it came to this formula";
        return (set, refused);
    }

    // The lines that a script answers with; what it says where it fails, else null.
    private (IReadOnlyList<string> Lines, string? Trouble) Ask(string script, JsonNode input, CancellationToken cancellation)
    {
        using var node = Start(script);
        using var stop = cancellation.Register(() => node.Kill(entireProcessTree: true));
        var trouble = node.StandardError.ReadToEndAsync(CancellationToken.None);
        var answers = node.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            node.StandardInput.Write(input.ToJsonString());
            node.StandardInput.Close();
        }
        catch (IOException)
        {
            // Node ended at once; its last words are in the standard error read below.
        }
        node.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        var words = trouble.GetAwaiter().GetResult().Trim();
        return (answers.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries),
            node.ExitCode != 0 && words.Length > 0 ? words : null);
    }

    private string Stamp(JsonObject specification) => "specification " + ContentHash.Of(specification.ToJsonString() + _version);

    private static bool IsDrawn(string file, string stamp)
    {
        if (!File.Exists(file)) return false;
        using var reader = new StreamReader(file);
        return string.Equals(reader.ReadLine(), $"<!-- {stamp} -->", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("RHOFLOW_RENDER") is { Length: > 0 } named)
        {
            yield return Path.GetFullPath(named);
            yield break;
        }
        if (Environment.GetEnvironmentVariable("RHOFLOW_HOME") is { Length: > 0 } home)
            yield return Path.Combine(home, "src", "Rhoflow.Lab", "Render");
        yield return Path.Combine(AppContext.BaseDirectory, "render");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "src", "Rhoflow.Lab", "Render");
        }
    }

    private Process Start(string script) => Process.Start(new ProcessStartInfo("node", [script])
    {
        WorkingDirectory = Folder,
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardInputEncoding = new System.Text.UTF8Encoding(false),
        StandardOutputEncoding = System.Text.Encoding.UTF8,
    })!;

    // The major version, 0 where Node is not there.
    private static int NodeVersion()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", ["--version"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            })!;
            var text = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            return int.TryParse(text.TrimStart('v').Split('.')[0], out var major) ? major : 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }
}
