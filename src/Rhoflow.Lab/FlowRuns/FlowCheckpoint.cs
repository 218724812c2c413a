using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.Json;
using Rhoflow.Flows;
using Rhoflow.Lab.Files;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>state.json: where a trajectory stands, every double as its exact bits, so that going on gives the same bits as never stopping.</summary>
public static class FlowCheckpoint
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "state.json";

    private const int Format = 2;

    /// <summary>Replaces the checkpoint.</summary>
    /// <param name="history">What measures remembered behind the observations that it counts.</param>
    public static void Write(string folder, TrajectoryCheckpoint c, IReadOnlyDictionary<string, double[]> history) => AtomicFile.Write(Path.Combine(folder, Name), new JsonObject
    {
        ["format"] = Format,
        ["observed"] = c.Observed,
        ["method"] = c.Method.ToString(),
        ["steps"] = c.Steps,
        ["separated"] = c.Separated,
        ["tau"] = Bits(c.Tau),
        ["mode"] = Bits(c.Mode),
        ["s"] = Bits(c.Stepper.S),
        ["step"] = Bits(c.Stepper.Step),
        ["y"] = Bits(c.Stepper.Y),
        ["memory"] = Bits(c.Stepper.Memory),
        ["measured"] = new JsonObject(history.Select(static h => KeyValuePair.Create(h.Key, (JsonNode?)Bits(h.Value)))),
    }.ToJsonString());

    /// <summary>The checkpoint of a folder; null where there is none that can be read.</summary>
    public static (TrajectoryCheckpoint Trajectory, IReadOnlyDictionary<string, double[]> History)? Read(string folder)
    {
        try
        {
            var node = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Name)))!.AsObject();
            if ((int)node["format"]! != Format) return null;
            var trajectory = new TrajectoryCheckpoint(
                new StepperState(Number(node["s"]), Numbers(node["y"]), Number(node["step"]), Numbers(node["memory"])),
                Enum.Parse<Method>((string)node["method"]!), (int)node["observed"]!, Number(node["tau"]),
                (long)node["steps"]!, (bool)node["separated"]!, Numbers(node["mode"]));
            return (trajectory, node["measured"]!.AsObject().ToDictionary(static h => h.Key, static h => Numbers(h.Value), StringComparer.Ordinal));
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException or InvalidOperationException or ArgumentException or NullReferenceException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Bits(params ReadOnlySpan<double> values) => Convert.ToBase64String(MemoryMarshal.AsBytes(values));

    private static double Number(JsonNode? node) => Numbers(node)[0];

    private static double[] Numbers(JsonNode? node) => [.. MemoryMarshal.Cast<byte, double>(Convert.FromBase64String((string)node!))];
}
