using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>Where a flow's run stands.</summary>
/// <param name="Trajectory">The integrator, the modes, the counters and events.</param>
/// <param name="History">What measures remembered after the observations that it counts.</param>
internal sealed record FlowState(TrajectoryCheckpoint Trajectory, IReadOnlyDictionary<string, double[]> History);

/// <summary>
/// state.json: where a trajectory stands, every double as its exact bits, so that going on gives the same bits as never stopping. It begins
/// with the SHA-256 of everything after it, and names the run that it belongs to: what was damaged, or belongs to another run, is refused.
/// </summary>
internal static class FlowCheckpoint
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "state.json";

    // 2 had no checksum, and of kinks and events nothing. 4 and not 3, which is one flipped bit from 2.
    private const int Format = 4, FormatWithoutChecksum = 2;

    private const string Opening = "{\"sha256\":\"", Closing = "\",";

    /// <summary>Replaces the checkpoint; the one before is kept beside it.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="run">The run's id.</param>
    /// <param name="state">Where it stands.</param>
    public static void Write(string folder, string run, FlowState state)
    {
        var c = state.Trajectory;
        var text = new JsonObject
        {
            ["format"] = Format,
            ["run"] = run,
            ["observed"] = c.Observed,
            ["method"] = c.Method.ToString(),
            ["steps"] = c.Steps,
            ["kinks"] = c.Kinks,
            ["chatter"] = c.Chatter,
            ["earlier_evaluations"] = c.EarlierEvaluations,
            ["separated"] = c.Separated,
            ["last_kink"] = Bits(c.LastKink),
            ["tau"] = Bits(c.Tau),
            ["mode"] = Bits(c.Mode.Span),
            ["s"] = Bits(c.Stepper.S),
            ["step"] = Bits(c.Stepper.Step),
            ["y"] = Bits(c.Stepper.Y.Span),
            ["velocity"] = Bits(c.Stepper.Velocity.Span),
            ["memory"] = Bits(Memory(c.Stepper)),
            ["rested"] = c.RestedAt is { } rest ? Bits(rest) : null,
            ["events"] = new JsonArray([.. c.Events.Select(static e => (JsonNode)new JsonObject
            {
                ["kind"] = e.Kind.ToString(),
                ["what"] = e.What,
                ["at"] = Bits(e.At),
                ["detail"] = e.Detail,
            })]),
            ["measured"] = new JsonObject(state.History.Select(static h => KeyValuePair.Create(h.Key, (JsonNode?)Bits(h.Value)))),
        }.ToJsonString();
        var content = Encoding.UTF8.GetBytes(text[1..]);
        SavedStates.Write(folder, Name, stream =>
        {
            stream.Write(Encoding.ASCII.GetBytes(Opening + Convert.ToHexStringLower(SHA256.HashData(content)) + Closing));
            stream.Write(content);
        });
    }

    /// <summary>The state in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">The id of the run that it must belong to.</param>
    /// <exception cref="DataException">It is damaged, of another run or of a version that did not keep everything.</exception>
    public static FlowState Read(string path, string run)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var whole = IsWhole(bytes);
            // Without strictness a byte that is no UTF-8 is read as another character.
            var node = (JsonObject)JsonNode.Parse(new UTF8Encoding(false, true).GetString(bytes), null,
                new JsonDocumentOptions { AllowDuplicateProperties = false })!;
            var format = (int)node["format"]!;
            if (!whole && (format != FormatWithoutChecksum || node.ContainsKey("sha256")))
                throw new DataException($"{path} is damaged: its checksum is not that of its content");
            if (format is not (Format or FormatWithoutChecksum))
                throw new DataException($"{path} is of format {format}, which is not known");
            if (whole && (string?)node["run"] != run)
                throw new DataException($"{path} belongs to the run {(string?)node["run"]} and not to {run}");
            return Parse(node, whole, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException
            or NullReferenceException or InvalidCastException or OverflowException or IndexOutOfRangeException)
        {
            throw new DataException($"{path} is damaged: {e.Message}", e);
        }
    }

    private static bool IsWhole(byte[] bytes)
    {
        const int Digits = 64;
        var from = Opening.Length + Digits + Closing.Length;
        if (bytes.Length < from || !bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Opening))) return false;
        if (!bytes.AsSpan(Opening.Length + Digits).StartsWith(Encoding.ASCII.GetBytes(Closing))) return false;
        return Encoding.ASCII.GetString(bytes, Opening.Length, Digits) == Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(from)));
    }

    private static FlowState Parse(JsonObject node, bool whole, string path)
    {
        var method = Enum.Parse<Method>((string)node["method"]!);
        var stepper = Stepper(method, Number(node["s"]), Numbers(node["y"]), Number(node["step"]), Numbers(node["memory"]));
        var trajectory = new TrajectoryCheckpoint(stepper, method, (int)node["observed"]!, Number(node["tau"]), (long)node["steps"]!,
            (bool)node["separated"]!, Numbers(node["mode"]));
        var history = node["measured"]!.AsObject()
            .ToDictionary(static h => h.Key, static h => Numbers(h.Value), StringComparer.Ordinal);
        if (!whole)
            return trajectory.Mode.IsEmpty ? new FlowState(trajectory, history) : throw new DataException($"{path} was written by an "
                + "earlier version, which did not keep where a flow stands along the kinks of its network");
        var velocity = Numbers(node["velocity"]);
        if (velocity.Length != stepper.Y.Length) throw new FormatException("the velocity has another length than the state");
        return new FlowState(trajectory with
        {
            Stepper = stepper with { Velocity = velocity },
            Kinks = (long)node["kinks"]!,
            Chatter = (int)node["chatter"]!,
            EarlierEvaluations = (long)node["earlier_evaluations"]!,
            LastKink = Number(node["last_kink"]),
            RestedAt = node["rested"] is { } rest ? At(rest) : null,
            Events = [.. node["events"]!.AsArray().Select(static e => new FlowEvent(Enum.Parse<FlowEventKind>((string)e!["kind"]!),
                (string)e["what"]!, At(e["at"]), (string)e["detail"]!))],
        }, history);
    }

    // What the integrators remember, as one list of numbers: the meaning of "memory".
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

    private static string Bits(Instant at) => Bits(at.U, at.T, at.Log10T);

    private static string Bits(params ReadOnlySpan<double> values) => Convert.ToBase64String(MemoryMarshal.AsBytes(values));

    private static Instant At(JsonNode? node) => Numbers(node) is [var u, var t, var log] ? Instant.Exactly(u, t, log)
        : throw new FormatException("an instant is three numbers");

    private static double Number(JsonNode? node) => Numbers(node) is [var one] ? one : throw new FormatException("one number is expected");

    private static double[] Numbers(JsonNode? node)
    {
        var bytes = Convert.FromBase64String((string)node!);
        return bytes.Length % sizeof(double) == 0 ? [.. MemoryMarshal.Cast<byte, double>(bytes)]
            : throw new FormatException($"{bytes.Length} bytes are no whole doubles");
    }
}
