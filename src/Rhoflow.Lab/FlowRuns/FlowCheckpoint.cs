using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Flows;
using Rhoflow.Lab.Files;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>
/// state.json: where a trajectory stands, every double as its exact bits, so that going on gives the same bits as never stopping.
/// </summary>
internal static class FlowCheckpoint
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "state.json";

    private const int Format = 2;

    /// <summary>Replaces the checkpoint.</summary>
    /// <param name="history">What measures remembered after the observations that it counts.</param>
    public static void Write(string folder, TrajectoryCheckpoint c, IReadOnlyDictionary<string, double[]> history) =>
        AtomicFile.Write(Path.Combine(folder, Name), new JsonObject
        {
            ["format"] = Format,
            ["observed"] = c.Observed,
            ["method"] = c.Method.ToString(),
            ["steps"] = c.Steps,
            ["separated"] = c.Separated,
            ["tau"] = Bits(c.Tau),
            ["mode"] = Bits(c.Mode.Span),
            ["s"] = Bits(c.Stepper.S),
            ["step"] = Bits(c.Stepper.Step),
            ["y"] = Bits(c.Stepper.Y.Span),
            ["memory"] = Bits(Memory(c.Stepper)),
            ["measured"] = new JsonObject(history.Select(static h => KeyValuePair.Create(h.Key, (JsonNode?)Bits(h.Value)))),
        }.ToJsonString());

    /// <summary>The checkpoint of a folder; null where there is none that can be read.</summary>
    public static (TrajectoryCheckpoint Trajectory, IReadOnlyDictionary<string, double[]> History)? Read(string folder)
    {
        try
        {
            var node = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Name)))!.AsObject();
            if ((int)node["format"]! != Format) return null;
            var method = Enum.Parse<Method>((string)node["method"]!);
            var trajectory = new TrajectoryCheckpoint(
                Stepper(method, Number(node["s"]), Numbers(node["y"]), Number(node["step"]), Numbers(node["memory"])),
                method, (int)node["observed"]!, Number(node["tau"]),
                (long)node["steps"]!, (bool)node["separated"]!, Numbers(node["mode"]));
            return (trajectory, node["measured"]!.AsObject()
                .ToDictionary(static h => h.Key, static h => Numbers(h.Value), StringComparer.Ordinal));
        }
        catch (Exception e) when (e
            is IOException or JsonException or FormatException or InvalidOperationException or ArgumentException or NullReferenceException
            or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // What the integrators remember, as one list of numbers: the meaning of "memory" in format 2.
    private static double[] Memory(StepperState state) => state switch
    {
        ExplicitStepperState e => [e.ErrorOld, e.StiffSteps, e.EasySteps, Flag(e.Rejected), e.Evaluations],
        RadauStepperState r =>
        [
            r.ErrorOld, r.StepOld, r.Span, r.PreviousS, Flag(r.Rejected), Flag(r.HasPolynomial), Flag(r.JacobianIsCurrent), r.FactoredStep,
            r.Evaluations, .. r.Start.Span, .. r.Stages[0].Span, .. r.Stages[1].Span, .. r.Stages[2].Span, .. r.Jacobian.Span,
        ],
        _ => throw new ArgumentException($"checkpoints know no {state.GetType().Name}", nameof(state)),
    };

    private static StepperState Stepper(Method method, double s, double[] y, double step, double[] m)
    {
        var n = y.Length;
        if (m.Length != (method == Method.Radau ? 9 + 4 * n + n * n : 5))
            throw new FormatException($"{m.Length} numbers are not what {method} remembers of {n} unknowns");
        if (method != Method.Radau) return new ExplicitStepperState(s, y, step, (long)m[4], m[0], (int)m[1], (int)m[2], m[3] != 0);
        double[] Part(int i) => m[(9 + i * n)..(9 + (i + 1) * n)];
        return new RadauStepperState(s, y, step, (long)m[8], m[0], m[1], m[2], m[3], m[4] != 0, m[5] != 0, m[6] != 0, m[7],
            Part(0), [Part(1), Part(2), Part(3)], m[(9 + 4 * n)..]);
    }

    private static double Flag(bool value) => value ? 1 : 0;

    private static string Bits(params ReadOnlySpan<double> values) => Convert.ToBase64String(MemoryMarshal.AsBytes(values));

    private static double Number(JsonNode? node) => Numbers(node)[0];

    private static double[] Numbers(JsonNode? node) => [.. MemoryMarshal.Cast<byte, double>(Convert.FromBase64String((string)node!))];
}
