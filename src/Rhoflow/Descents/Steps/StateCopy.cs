namespace Rhoflow.Descents;

/// <summary>The numbers of a state before a step that may fail after some of them have been changed.</summary>
internal sealed class StateCopy(IReadOnlyList<StateArray> state)
{
    private readonly (string Name, Array Live, Array Kept)[] _arrays =
        [.. state.Select(static a => (a.Name, a.Values, (Array)a.Values.Clone()))];

    /// <summary>The numbers that are kept, named as those of the state with a prefix.</summary>
    public IReadOnlyList<StateArray> Kept(string prefix) => [.. _arrays.Select(a => new StateArray(prefix + a.Name, a.Kept))];

    public void Keep()
    {
        foreach (var (_, live, kept) in _arrays) Array.Copy(live, kept, live.Length);
    }

    public void TakeBack()
    {
        foreach (var (_, live, kept) in _arrays) Array.Copy(kept, live, live.Length);
    }
}
