namespace Rhoflow.Descents;

/// <summary>The numbers of a state before a step that may fail after some of them have been changed.</summary>
internal sealed class StateCopy(IReadOnlyList<StateArray> state)
{
    private readonly (Array Live, Array Kept)[] _arrays = [.. state.Select(static a => (a.Values, (Array)a.Values.Clone()))];

    public void Keep()
    {
        foreach (var (live, kept) in _arrays) Array.Copy(live, kept, live.Length);
    }

    public void TakeBack()
    {
        foreach (var (live, kept) in _arrays) Array.Copy(kept, live, live.Length);
    }
}
