namespace Rhoflow.Lab.Claims;

/// <summary>
/// A result that several claims and figures look at, with the computation that makes it: the first who asks computes it while the others
/// wait. Keep it in a static field; the field is what names it. Whoever changes a shared value changes it for all: do not.
/// </summary>
/// <example><code>
/// public static readonly SharedResult&lt;DegreeResult[]&gt; Exact = new(context => Sweep(384).At(Degrees(context)));
/// … Exact.Of(context)
/// </code></example>
/// <typeparam name="T">What is computed.</typeparam>
/// <param name="compute">From the context alone: whether full size is asked for, and when to stop.</param>
public sealed class SharedResult<T>(Func<StudyContext, T> compute) where T : notnull
{
    /// <summary>The value; an error in computing it is thrown to everyone who asks.</summary>
    /// <param name="context">Of the claim or figure that asks; quick and full size are kept apart.</param>
    public T Of(StudyContext context) => context.Shared(this, null, () => compute(context));
}

/// <summary>The same for a family of results, one for each key: a seed, a schedule, a pair of numbers.</summary>
/// <typeparam name="TKey">
/// Everything that a member depends on besides the context. Equal keys are one result, so it compares by value: a number, a string, a
/// tuple,
/// a record.
/// </typeparam>
/// <typeparam name="T">What is computed.</typeparam>
/// <param name="compute">The member of a key.</param>
public sealed class SharedResults<TKey, T>(Func<StudyContext, TKey, T> compute) where TKey : notnull where T : notnull
{
    /// <summary>The member of <paramref name="key"/>; an error in computing it is thrown to everyone who asks for it.</summary>
    /// <param name="context">Of the claim or figure that asks; quick and full size are kept apart.</param>
    /// <param name="key">Which one.</param>
    public T Of(StudyContext context, TKey key) => context.Shared(this, key, () => compute(context, key));
}
