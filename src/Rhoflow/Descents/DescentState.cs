using System.Numerics;

namespace Rhoflow.Descents;

/// <summary>One named array of a state: the numbers themselves and not a copy.</summary>
/// <param name="Name">What it is saved under.</param>
/// <param name="Values">float[] or double[].</param>
public sealed record StateArray(string Name, Array Values);

/// <summary>
/// Where a descent stands: everything that decides how it goes on. Saved and restored, it goes on with the same bits. Noise and the order
/// of minibatches depend on seeds and these counters only.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DescentState<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<StateArray> _ofRules;

    internal DescentState(int parameters, int norms, IReadOnlyList<StateArray> ofRules, int statistics, bool keepsBefore,
        bool adapts, ActiveExamples? active = null)
    {
        XArray = new T[parameters];
        NormsArray = new double[norms];
        _ofRules = ofRules;
        StatisticsArray = new double[statistics];
        BeforeArray = keepsBefore ? new T[parameters] : [];
        if (adapts) Adaptation = new Adaptation(Moving, _ofRules, active);
    }

    /// <summary>The coordinates, P numbers: W itself, or V_k (v_k) in the windows of the layers, γ and β after them.</summary>
    public ReadOnlySpan<T> X => XArray;

    /// <summary>ρ_k, or g; empty where X is W.</summary>
    public ReadOnlySpan<double> Norms => NormsArray;

    /// <summary>The running means and variances of batch normalization.</summary>
    public ReadOnlySpan<double> Statistics => StatisticsArray;

    internal T[] XArray { get; }

    internal double[] NormsArray { get; }

    internal double[] StatisticsArray { get; }

    /// <summary>W at the beginning of the time of decay that lasts, where <see cref="StopWhen.Rest"/> is watched; else empty.</summary>
    internal T[] BeforeArray { get; }

    /// <summary>The part of that time which has passed.</summary>
    internal double DecayTime { get; set; }

    /// <summary>Where <see cref="DescentOptions.Adaptive"/> stands; null without it.</summary>
    internal Adaptation? Adaptation { get; }

    /// <summary>η_e/η_0 of <see cref="DescentOptions.Adaptive"/>, which decides it at the end of every epoch; 1 without it.</summary>
    public double RateFactor => Adaptation?.Factor ?? 1;

    /// <summary>Epochs that <see cref="DescentOptions.Adaptive"/> has taken back.</summary>
    public int TakenBack => Adaptation?.TakenBack ?? 0;

    /// <summary>τ = ∫ L dt of <see cref="DescentOptions.Adaptive"/>: Σ η_e over the steps of the epochs that were kept; NaN without
    /// it.</summary>
    public double Tau => Adaptation?.Tau ?? double.NaN;

    /// <summary>Steps taken.</summary>
    public long Step { get; internal set; }

    /// <summary>Epochs finished.</summary>
    public int Epoch { get; internal set; }

    /// <summary>Steps taken of the epoch that has begun.</summary>
    public int StepInEpoch { get; internal set; }

    /// <summary>log L (natural) of the last minibatch, before its step; NaN at the start.</summary>
    public double LogLoss { get; internal set; } = double.NaN;

    /// <summary>The smallest test log L so far, where patience watches it.</summary>
    public double BestLogLoss { get; internal set; } = double.PositiveInfinity;

    /// <summary>The epochs finished when it was reached.</summary>
    public int BestEpoch { get; internal set; }

    /// <summary>Whether the replica has ended (a condition of <see cref="StopWhen"/>).</summary>
    public bool IsStopped { get; internal set; }

    /// <summary>
    /// The arrays, without those that are empty: "x", "norms", those of the rules ("momentum", and with "norm-" in front those for the
    /// norms), "statistics", "before", which rest is measured from, and with "epoch-" in front what an adaptive rate goes back to.
    /// </summary>
    public IReadOnlyList<StateArray> Arrays
    {
        get
        {
            StateArray[] before = BeforeArray.Length > 0 ? [new("before", BeforeArray)] : [];
            return [.. Moving, .. before, .. Adaptation?.Arrays ?? []];
        }
    }

    /// <summary>Those that steps change, without those that are empty.</summary>
    internal IReadOnlyList<StateArray> Moving
    {
        get
        {
            StateArray[] all = [new("x", XArray), new("norms", NormsArray), .. _ofRules, new("statistics", StatisticsArray)];
            return [.. all.Where(static a => a.Values.Length > 0)];
        }
    }

    /// <summary>An array that a rule keeps for what moves, P numbers, live.</summary>
    /// <param name="name">As the rule names it, for instance "momentum".</param>
    /// <exception cref="ArgumentException">No rule of this descent has such an array.</exception>
    public ReadOnlySpan<T> OfRule(string name) => _ofRules.FirstOrDefault(a => a.Name == name)?.Values as T[]
        ?? throw new ArgumentException($"no rule of this descent has an array '{name}'");

    /// <summary>The counters and logarithms, by name; some may be NaN or infinite.</summary>
    public IReadOnlyDictionary<string, double> Scalars
    {
        get
        {
            var scalars = Counted();
            if (BeforeArray.Length > 0) scalars["decay-time"] = DecayTime;
            foreach (var (name, value) in Adaptation?.Scalars ?? new Dictionary<string, double>(0)) scalars[name] = value;
            return scalars;
        }
    }

    private Dictionary<string, double> Counted() => new(StringComparer.Ordinal)
    {
        ["step"] = Step,
        ["epoch"] = Epoch,
        ["step-in-epoch"] = StepInEpoch,
        ["log-loss"] = LogLoss,
        ["best-log-loss"] = BestLogLoss,
        ["best-epoch"] = BestEpoch,
        ["stopped"] = IsStopped ? 1 : 0,
    };

    /// <summary>The counters, to go back to.</summary>
    internal (long Step, int Epoch, int StepInEpoch, double LogLoss) Counters
    {
        get => (Step, Epoch, StepInEpoch, LogLoss);
        set => (Step, Epoch, StepInEpoch, LogLoss) = value;
    }

    internal void Restore(IReadOnlyDictionary<string, Array> arrays, IReadOnlyDictionary<string, double> scalars)
    {
        var own = Arrays;
        foreach (var array in own)
        {
            if (!arrays.TryGetValue(array.Name, out var saved)) throw new ArgumentException($"the saved state has no array '{array.Name}'");
            if (saved.GetType() != array.Values.GetType() || saved.Length != array.Values.Length)
                throw new ArgumentException(
                    $"the saved array '{array.Name}' is {Describe(saved)}; this descent needs {Describe(array.Values)}");
        }
        double Scalar(string name) =>
            scalars.TryGetValue(name, out var value) ? value : throw new ArgumentException($"the saved state has no number '{name}'");
        (Step, Epoch, StepInEpoch) = ((long)Scalar("step"), (int)Scalar("epoch"), (int)Scalar("step-in-epoch"));
        (LogLoss, BestLogLoss) = (Scalar("log-loss"), Scalar("best-log-loss"));
        if (BeforeArray.Length > 0) DecayTime = Scalar("decay-time");
        Adaptation?.Restore(Scalar);
        (BestEpoch, IsStopped) = ((int)Scalar("best-epoch"), Scalar("stopped") != 0);
        foreach (var array in own) Array.Copy(arrays[array.Name], array.Values, array.Values.Length);
    }

    private static string Describe(Array a) => $"{a.Length} numbers of type {a.GetType().GetElementType()!.Name}";
}
