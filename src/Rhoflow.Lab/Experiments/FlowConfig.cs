using Rhoflow.Flows;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// The equations to follow, from where, how far and how exactly. The keys of a kind are read as its <see cref="FlowKind"/> declares
/// them; nothing here knows one kind from another.
/// </summary>
/// <param name="Kind">Which flow.</param>
/// <param name="Settings">The values of the kind's own keys.</param>
/// <param name="From">The instant of the start; 0 unless a schedule needs a later one.</param>
/// <param name="Until">Where to end; null: at the last observation.</param>
/// <param name="Relative">Relative tolerance.</param>
/// <param name="Absolute">Absolute tolerance.</param>
/// <param name="Clock">One of <see cref="Clocks"/>.</param>
/// <param name="Method">One of <see cref="Methods"/>.</param>
/// <param name="Place">Where it stands, for errors.</param>
public sealed record FlowConfig(
    FlowKind Kind, FlowSettings Settings, TimeValue From, UntilConfig? Until, double Relative, double Absolute, string Clock, string Method,
    ConfigNode Place)
{
    private static readonly ConfigKey[] s_from =
        [new("t", ConfigForm.Number, "the instant of the start; 1e10000 is one too") { Example = "3" }];

    private static readonly ConfigKey[] s_tolerance =
    [
        new("relative", ConfigForm.Number, "of the local error, between 1e-15 and 1") { Default = "1e-10", Example = "1e-12" },
        new("absolute", ConfigForm.Number, "of the local error where a component is near 0") { Default = "1e-12", Example = "1e-14" },
    ];

    // The keys of every flow.
    private static readonly string[] s_common = ["kind", "from", "until", "tolerance", "clock", "method"];

    // A run is known by the hash of its resolved config, so these keys keep the order that they have always been written in.
    private static readonly string[] s_written = ["rho", "rho-k", "alpha", "weight-decay", "lambda", "p", "per", "layers", "f"];

    /// <summary>What `flow.clock` may be: the independent variable of the integration.</summary>
    public static IReadOnlyList<string> Clocks { get; } = ["auto", "t", "log-t", "tau"];

    /// <summary>What `flow.method` may be.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["auto", "dormand-prince", "dop853", "radau"];

    /// <summary>The keys of <c>flow</c>: those of every flow, then those of single kinds.</summary>
    internal static IReadOnlyList<ConfigKey> Described =>
    [
        new("kind", ConfigForm.Word, "the equation that is followed (`rhoflow list flows`)")
        {
            Words = [.. FlowKind.All.Select(static k => k.Name), .. FlowKind.All.SelectMany(static k => k.Aliases)],
            Example = "unconstrained",
        },
        new("from", ConfigForm.Map, "the start") { Keys = s_from, Default = "t = 0, or where a schedule begins", Example = "{t: 3}" },
        new("until", ConfigForm.Map, "the end: exactly one of its keys")
        {
            Keys = UntilConfig.Described,
            Default = "the last instant of observe.at",
            Example = "{log10-t: 100}",
        },
        new("tolerance", ConfigForm.Map, "of the integration") { Keys = s_tolerance, Example = "{relative: 1e-12}" },
        new("clock", ConfigForm.Word, "the independent variable of the integration; tau is ∫ L dt")
        {
            Words = Clocks,
            Default = "auto",
            Example = "log-t",
        },
        new("method", ConfigForm.Word, "the stepper") { Words = Methods, Default = "auto", Example = "radau" },
        .. FlowKind.All.SelectMany(static kind => kind.Keys.Select(key => (Kind: kind, Key: key)))
            .GroupBy(static x => x.Key.Name, StringComparer.Ordinal).Select(static g => new ConfigKey(g.Key,
                // Kinds may take other values under one name: a number, or a function of time.
                g.Aggregate((ConfigForm)0, static (form, x) => form | FormOf(x.Key.Form)),
                $"{string.Join(", ", g.Select(static x => x.Kind.Name))}: {g.First().Key.Doc}")
            {
                Words = g.First().Key.Words,
                Example = g.First().Key.Form switch
                {
                    FlowKeyForm.Word => g.First().Key.Words[0],
                    FlowKeyForm.Schedule => "log-t",
                    FlowKeyForm.Count => "2",
                    _ => "1.5",
                },
            }),
    ];

    private static ConfigForm FormOf(FlowKeyForm form) => form switch
    {
        FlowKeyForm.Count => ConfigForm.Whole,
        FlowKeyForm.Numbers => ConfigForm.Number | ConfigForm.List,
        FlowKeyForm.Word => ConfigForm.Word,
        FlowKeyForm.Schedule => ConfigForm.Text,
        _ => ConfigForm.Number,
    };

    internal static FlowConfig Read(ConfigNode node)
    {
        var kinds = FlowKind.All;
        var map = node.Map(Described);
        var kind = ReadKind(map.Required("kind", $"one of {string.Join(", ", kinds)}"), kinds);
        RefuseOthersKeys(kind, node, map);
        foreach (var key in kind.Keys.Where(static k => k.IsRequired)) map.Required(key.Name, $"{kind} needs it");
        var settings = FlowSettings.Empty;
        foreach (var key in kind.Keys)
            if (map[key.Name] is { } given) settings = settings.With(key, ReadValue(key, given));
        if (kind.Check(settings) is { } conflict) throw (map[conflict.Key] ?? node).Error(conflict.Why);
        Schedule[] schedules = [.. kind.Keys.Select(settings.Get).OfType<Schedule>()];
        var from = map["from"] is { } f ? f.Map(s_from).Required("t", "the instant of the start").Time() : DefaultStart(schedules);
        foreach (var schedule in schedules) RequirePositive(schedule, from, map["from"] ?? node);
        var tolerance = map["tolerance"]?.Map(s_tolerance);
        return new FlowConfig(kind, settings, from, map["until"] is { } until ? UntilConfig.Read(until, from) : null,
            tolerance?["relative"] is { } relative ? ReadTolerance(relative) : 1e-10, tolerance?["absolute"]?.Positive() ?? 1e-12,
            map["clock"]?.Word(Clocks) ?? "auto", map["method"]?.Word(Methods) ?? "auto", node);
    }

    internal void Write(ConfigWriter writer) => writer.Section("flow", () =>
    {
        writer.Entry("kind", Kind.Name);
        foreach (var key in Kind.Keys.OrderBy(PlaceWritten))
            if (Settings.Get(key) is { } value) WriteValue(writer, key.Name, value);
        writer.Section("from", () => writer.Entry("t", From));
        Until?.Write(writer);
        writer.Section("tolerance", () => { writer.Entry("relative", Relative); writer.Entry("absolute", Absolute); });
        writer.Entry("clock", Clock);
        writer.Entry("method", Method);
    });

    private static int PlaceWritten(FlowKey key) => Array.IndexOf(s_written, key.Name) is var place and >= 0 ? place : s_written.Length;

    private static FlowKind ReadKind(ConfigNode node, IReadOnlyList<FlowKind> kinds) =>
        FlowKind.Find(node.Word([.. kinds.Select(static k => k.Name), .. kinds.SelectMany(static k => k.Aliases)], null))!;

    // A number ≥ 0 that is 0 (a weight decay) is none, and harmless in a config whose kind is varied.
    private static void RefuseOthersKeys(FlowKind kind, ConfigNode node, ConfigMap map)
    {
        foreach (var name in node.Keys.Where(k => !s_common.Contains(k) && !kind.Keys.Any(own => own.Name == k)))
        {
            var optional = FlowKind.All.SelectMany(static k => k.Keys).Any(k => k.Name == name && k.Form == FlowKeyForm.NonNegative);
            if (optional && map[name]!.Number() == 0) continue;
            var own = kind.Keys.Count > 0 ? $"its own keys: {string.Join(", ", kind.Keys.Select(static k => k.Name))}"
                : "it has no keys of its own";
            throw map[name]!.NoMeaning($"has no meaning for {kind}; {own}");
        }
    }

    private static object ReadValue(FlowKey key, ConfigNode node)
    {
        object value = key.Form switch
        {
            FlowKeyForm.NonNegative => node.NonNegative(),
            FlowKeyForm.Positive => node.Positive(),
            FlowKeyForm.Count => node.Count(1),
            FlowKeyForm.Power => ReadPower(node),
            FlowKeyForm.Numbers => node.NumberOrNumbers(key.Noun),
            FlowKeyForm.Word => node.Word([.. key.Words]),
            FlowKeyForm.Schedule => ReadSchedule(node),
            _ => throw new InvalidOperationException($"keys of the form {key.Form} are not read from configs"),
        };
        return key.Complaint(value) is { } why ? throw node.Error(why) : value;
    }

    private static void WriteValue(ConfigWriter writer, string name, object value)
    {
        switch (value)
        {
            case double number: writer.Entry(name, number); break;
            case int count: writer.Entry(name, count); break;
            case double[] { Length: 1 } one: writer.Entry(name, one[0]); break;
            case double[] numbers: writer.Entry(name, numbers); break;
            default: writer.Entry(name, value.ToString()!); break;
        }
    }

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
    private static TimeValue DefaultStart(Schedule[] schedules) =>
        TimeValue.FromT(schedules.Select(static s => s.Begin.T).DefaultIfEmpty(0).Max());

    private static void RequirePositive(Schedule schedule, TimeValue from, ConfigNode place)
    {
        if (schedule.IsDefinedAt(from.LogT)) return;
        var later = schedule.SmallestT > 0 ? $" than t = {schedule.SmallestT:R}" : "";
        throw place.Error($"the schedule {schedule} is not positive at t = {from}; start later{later}, with from: {{t: …}}");
    }

    private static double ReadPower(ConfigNode node)
    {
        var p = node.AnyNumber();
        return p >= 1 ? p : throw node.Error($"a norm needs p ≥ 1 (.inf is the maximum norm); {node.Given} was given");
    }

    private static double ReadTolerance(ConfigNode node)
    {
        var v = node.Positive();
        return v is >= 1e-15 and < 1 ? v
            : throw node.Error($"a relative tolerance between 1e-15 and 1 was expected; {node.Given} was given");
    }
}
