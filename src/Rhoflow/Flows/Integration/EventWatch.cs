namespace Rhoflow.Flows;

/// <summary>The user's events of one trajectory: their values where the last step began, and what was found in this one.</summary>
internal sealed class EventWatch(IReadOnlyList<EventCondition> conditions, FlowWorkspace work, DenseOutput dense)
{
    private readonly double[] _before = new double[conditions.Count], _now = new double[conditions.Count];
    private readonly List<(double S, EventCondition Condition)> _found = [];

    /// <summary>True if one of them ends the trajectory.</summary>
    public bool CanStop { get; } = conditions.Any(static c => c.Action == EventAction.Stop);

    /// <summary>Where the integration begins, or goes on.</summary>
    public void Begin(double s, ReadOnlySpan<double> y)
    {
        for (var i = 0; i < _before.Length; i++) _before[i] = Value(i, s, y);
    }

    /// <summary>The first event of the last step that ends the trajectory, up to <paramref name="cut"/>; null if there is none.</summary>
    public double? Locate(double cut)
    {
        _found.Clear();
        double? stop = null;
        for (var i = 0; i < _before.Length; i++)
        {
            _now[i] = Value(i, cut, dense.At(cut));
            if (!Passes(i, _now[i])) continue;
            var index = i;
            var s = dense.First(cut, (at, y) => Passes(index, Value(index, at, y)));
            _found.Add((s, conditions[i]));
            if (conditions[i].Action == EventAction.Stop) stop = stop is { } earlier ? Math.Min(earlier, s) : s;
        }
        return stop;
    }

    /// <summary>Notes what was found up to the end of the step.</summary>
    /// <param name="cut">Where the step ends.</param>
    /// <param name="note">Told the events, in the order in which they came.</param>
    public void Accept(double cut, Action<FlowEvent> note)
    {
        foreach (var (s, condition) in _found.Where(f => f.S <= cut).OrderBy(static f => f.S))
        {
            var detail = $"the condition '{condition.Name}' is met";
            note(new FlowEvent(FlowEventKind.Condition, condition.Name, dense.Instant(s), detail));
        }
        _found.Clear();
        _now.CopyTo(_before, 0);
    }

    private bool Passes(int i, double value)
    {
        var direction = conditions[i].Direction;
        return direction != Crossing.Falling && _before[i] < 0 && value >= 0
            || direction != Crossing.Rising && _before[i] > 0 && value <= 0;
    }

    private double Value(int i, double s, ReadOnlySpan<double> y) =>
        conditions[i].Function(new FlowMoment(work, dense.Field.At(s, y), y[..work.Flow.Dimension]));
}
