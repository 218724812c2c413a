namespace Rhoflow.Tests.Architecture;

/// <summary>A type that names another one: in its signature, in a method's body, or in an attribute.</summary>
/// <param name="From">The type that imports; a nested type or a closure counts as the type that it stands in.</param>
/// <param name="To">The type that is imported, likewise.</param>
internal readonly record struct Import(TypeName From, TypeName To)
{
    /// <inheritdoc/>
    public override string ToString() => $"{From} imports {To}";
}

/// <summary>A type by its assembly, namespace and name.</summary>
/// <param name="Assembly">The assembly's simple name.</param>
/// <param name="Namespace">The full namespace.</param>
/// <param name="Name">The name in it.</param>
internal readonly record struct TypeName(string Assembly, string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}.{Name}";
}
