namespace Rhoflow.Tests.Architecture.Samples;

/// <summary>A type that imports each of the types below in another place.</summary>
[Marked(typeof(InTypeOf))]
internal sealed class Importer : InBase
{
    public int Body() => new InBody().Number + new List<InTypeArgument>().Count;

    public Func<object> Closure(InParameter? given)
    {
        var seen = 0;
        return () => (seen++, given is null ? new InClosure() : null);
    }
}

internal class InBase;
internal sealed class InBody { public int Number => 1; }
internal sealed class InClosure;
internal sealed class InTypeArgument;
internal sealed class InParameter;
internal sealed class InTypeOf;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class MarkedAttribute(Type type) : Attribute { public Type Type => type; }
