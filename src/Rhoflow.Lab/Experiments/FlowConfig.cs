using Rhoflow.Flows;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>The equations to follow, from where, how far and how exactly.</summary>
/// <param name="Rho">fixed-rho, scheduled-direction: ρ; lagrange, batch-norm-weight-decay, norm-growth: its start. Null: from the initial W.</param>
/// <param name="RhoK">lagrange, norm-growth: ρ_k at the start, one number for all layers or one a layer.</param>
/// <param name="WeightDecay">λ of λ‖W‖², so that Ẇ = −∇L − 2λW (T3b eq. 8, corrected).</param>
/// <param name="Lambda">λ of λρ² (SQ eq. 5).</param>
/// <param name="P">The norm's p ≥ 1; +∞ for the maximum norm.</param>
/// <param name="PerRow">weight-normalization by rows (units) instead of whole matrices.</param>
/// <param name="Schedule">α(t) or ρ(t).</param>
/// <param name="Layers">norm-growth: K; null: as many as the network or the initial norms have.</param>
/// <param name="F">norm-growth: f_n = y_n f̃_n, one number an example; null: from the data, and 1 without.</param>
/// <param name="From">The instant of the start; 0 unless a schedule needs a later one.</param>
public sealed record FlowConfig(
    FlowKind Kind, double? Rho, double[]? RhoK, double WeightDecay, double Lambda, double P, bool PerRow, Schedule? Schedule,
    int? Layers, double[]? F, TimeValue From, UntilConfig? Until, double Relative, double Absolute, string Clock, string Method, ConfigNode Place)
{
    private static readonly string[] AllKeys = [.. FlowKind.Common, .. FlowKind.All.SelectMany(k => k.Keys).Distinct(StringComparer.Ordinal)];

    /// <summary>What `flow.clock` may be: the independent variable of the integration.</summary>
    public static readonly string[] Clocks = ["auto", "t", "log-t", "tau"];

    /// <summary>What `flow.method` may be.</summary>
    public static readonly string[] Methods = ["auto", "dormand-prince", "dop853", "radau"];

    internal static FlowConfig Read(ConfigNode node)
    {
        var map = node.Map(AllKeys);
        var kind = FlowKind.Read(map.Required("kind", $"one of {string.Join(", ", FlowKind.All.Select(k => k.Name))}"));
        foreach (var key in node.Keys.Where(k => !FlowKind.Common.Contains(k) && !kind.Keys.Contains(k)))
            // A weight decay of 0 is none, and harmless in a config whose kind is varied.
            if (key is not ("weight-decay" or "lambda") || map[key]!.Number() != 0)
                throw map[key]!.Error($"has no meaning for {kind.Name}; {(kind.Keys.Length > 0 ? $"its own keys: {string.Join(", ", kind.Keys)}" : "it has no keys of its own")}");
        foreach (var key in kind.Required) map.Required(key, $"{kind.Name} needs it");

        var schedule = kind.Name switch
        {
            "scheduled-direction" => ReadSchedule(map["alpha"]!),
            "scheduled-rho" => ReadSchedule(map["rho"]!),
            _ => null,
        };
        var from = map["from"] is { } f ? f.Map("t").Required("t", "the instant of the start").Time() : DefaultStart(schedule);
        if (schedule is not null && !schedule.IsDefinedAt(from.LogT))
            throw (map["from"] ?? node).Error($"the schedule {schedule} is not positive at t = {from}; start later{(schedule.SmallestT > 0 ? $" than t = {schedule.SmallestT:R}" : "")}, with from: {{t: …}}");
        var layers = map["layers"]?.Count(1);
        var rhoK = map["rho-k"] is { } r ? ReadNorms(r, kind, layers) : null;
        if (map["per"]?.Word("matrix", "row") == "row" && map.Has("rho")) throw map["rho"]!.Error("has no meaning with per: row, where every row has its own norm");
        if (rhoK is not null && map.Has("rho")) throw map["rho-k"]!.Error("stands beside 'rho'; only one of them can be given");
        var rho = schedule is not null && kind.Name == "scheduled-rho" ? null : ReadRho(map["rho"]);
        var tolerance = map["tolerance"]?.Map("relative", "absolute");
        return new FlowConfig(kind, rho, rhoK,
            map["weight-decay"]?.NonNegative() ?? 0, map["lambda"]?.NonNegative() ?? 0,
            map["p"] is { } p ? ReadPower(p) : 2,
            map["per"]?.Word("matrix", "row") == "row", schedule, layers,
            map["f"]?.NumberOrNumbers("outputs f̃_n"), from,
            map["until"] is { } until ? UntilConfig.Read(until, from) : null,
            tolerance?["relative"] is { } relative ? ReadTolerance(relative) : 1e-10, tolerance?["absolute"]?.Positive() ?? 1e-12,
            map["clock"]?.Word(Clocks) ?? "auto", map["method"]?.Word(Methods) ?? "auto", node);
    }

    internal void Write(ConfigWriter writer) => writer.Section("flow", () =>
    {
        bool Has(string key) => Kind.Keys.Contains(key);
        writer.Entry("kind", Kind.Name);
        if (Kind.Name == "scheduled-rho") writer.Entry("rho", Schedule!.Name);
        else if (Rho is { } rho) writer.Entry("rho", rho);
        if (RhoK is { Length: 1 }) writer.Entry("rho-k", RhoK[0]);
        else if (RhoK is not null) writer.Entry("rho-k", RhoK);
        if (Has("alpha")) writer.Entry("alpha", Schedule!.Name);
        if (Has("weight-decay")) writer.Entry("weight-decay", WeightDecay);
        if (Has("lambda")) writer.Entry("lambda", Lambda);
        if (Has("p")) writer.Entry("p", P);
        if (Has("per")) writer.Entry("per", PerRow ? "row" : "matrix");
        if (Layers is { } layers) writer.Entry("layers", layers);
        if (F is { Length: 1 }) writer.Entry("f", F[0]);
        else if (F is not null) writer.Entry("f", F);
        writer.Section("from", () => writer.Entry("t", From));
        Until?.Write(writer);
        writer.Section("tolerance", () => { writer.Entry("relative", Relative); writer.Entry("absolute", Absolute); });
        writer.Entry("clock", Clock);
        writer.Entry("method", Method);
    });

    private static Schedule ReadSchedule(ConfigNode node)
    {
        try
        {
            return Schedule.Parse(node.Text());
        }
        catch (FormatException e)
        {
            throw node.Error($"{e.Message}; or one of {string.Join(", ", Schedule.All)}");
        }
    }

    // Where the library's flows begin themselves: log log t needs t > e.
    private static TimeValue DefaultStart(Schedule? schedule) => TimeValue.FromT(schedule is { SmallestT: > 0 } ? 3 : 0);

    private static double? ReadRho(ConfigNode? node) => node?.Positive();

    private static double[] ReadNorms(ConfigNode node, FlowKind kind, int? layers)
    {
        var norms = node.NumberOrNumbers("norms ρ_k");
        if (!kind.IsScalar && Array.Exists(norms, v => v < 0)) throw node.Error("ρ_k > 0 is needed at the start; ρ_k < 0 is the same W_k with −V_k: turn the sign of the weights instead");
        if (Array.Exists(norms, v => v == 0)) throw node.Error("ρ_k = 0 has no direction to move in (its equation divides by ρ_k)");
        if (layers is not null && norms.Length != 1 && norms.Length != layers) throw node.Error($"{norms.Length} norms were given for flow.layers: {layers}");
        return norms;
    }

    private static double ReadPower(ConfigNode node)
    {
        var p = node.AnyNumber();
        return p >= 1 ? p : throw node.Error($"a norm needs p ≥ 1 (.inf is the maximum norm); {node.Given} was given");
    }

    private static double ReadTolerance(ConfigNode node)
    {
        var v = node.Positive();
        return v is >= 1e-15 and < 1 ? v : throw node.Error($"a relative tolerance between 1e-15 and 1 was expected; {node.Given} was given");
    }
}
