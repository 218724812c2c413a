using System.Reflection;

namespace Rhoflow.Descents;

/// <summary>The optimizers that have names.</summary>
public static class OptimizerKinds
{
    private static readonly Lock s_lock = new();
    private static readonly List<OptimizerKind> s_all = [.. In(typeof(Optimizer).Assembly)];

    /// <summary>The one that is meant where no other is named: gradient steps, with or without momentum.</summary>
    public static OptimizerKind Default => Sgd.Kind;

    /// <summary>All of them: the default first, then by their names.</summary>
    public static IReadOnlyList<OptimizerKind> All
    {
        get
        {
            lock (s_lock) return [.. s_all.OrderBy(static k => k.Name != Default.Name).ThenBy(static k => k.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Makes an optimizer of another assembly known under its name. Once more does nothing.</summary>
    /// <exception cref="ArgumentException">Another one has that name.</exception>
    public static void Register<T>() where T : Optimizer, INamedOptimizer
    {
        var kind = T.Kind;
        lock (s_lock)
        {
            if (s_all.Find(k => k.Name == kind.Name) is not { } known) s_all.Add(kind);
            else if (known != kind) throw new ArgumentException($"there is an optimizer '{kind.Name}' already");
        }
    }

    private static IEnumerable<OptimizerKind> In(Assembly assembly) => assembly.GetTypes()
        .Where(static t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(INamedOptimizer)))
        .Select(static t => t.GetProperty(nameof(INamedOptimizer.Kind), BindingFlags.Public | BindingFlags.Static)!.GetValue(null))
        .Cast<OptimizerKind>();
}
