using System.Reflection;
using Mono.Cecil;

namespace Rhoflow.Tests.Architecture;

/// <summary>Reads from built assemblies which type imports which: signatures, bodies of methods and attributes.</summary>
/// <remarks>A constant is copied into the code that uses it and leaves no trace here; <see cref="UsingReader"/> sees those files.</remarks>
internal sealed class ImportReader
{
    private readonly HashSet<Import> _imports = [];
    private readonly HashSet<string> _ours;
    private TypeName _from;

    private ImportReader(HashSet<string> ours) => _ours = ours;

    /// <summary>Every import between two types of these assemblies.</summary>
    public static IReadOnlyCollection<Import> Of(IReadOnlyCollection<Assembly> assemblies)
    {
        var reader = new ImportReader([.. assemblies.Select(static a => a.GetName().Name!)]);
        foreach (var assembly in assemblies)
        {
            using var module = ModuleDefinition.ReadModule(assembly.Location);
            foreach (var type in module.GetTypes()) reader.Read(type);
        }
        return reader._imports;
    }

    private void Read(TypeDefinition type)
    {
        _from = NameOf(type);
        Add(type.BaseType);
        foreach (var i in type.Interfaces) Add(i.InterfaceType);
        Add(type.GenericParameters);
        Add(type.CustomAttributes);
        foreach (var field in type.Fields)
        {
            Add(field.FieldType);
            Add(field.CustomAttributes);
        }
        foreach (var property in type.Properties) Add(property.CustomAttributes);
        foreach (var method in type.Methods)
        {
            Add((MethodReference)method);
            Add(method.GenericParameters);
            Add(method.CustomAttributes);
            if (method.HasBody) Read(method.Body);
        }
    }

    private void Read(Mono.Cecil.Cil.MethodBody body)
    {
        foreach (var variable in body.Variables) Add(variable.VariableType);
        foreach (var handler in body.ExceptionHandlers) Add(handler.CatchType);
        foreach (var instruction in body.Instructions)
            switch (instruction.Operand)
            {
                case TypeReference type: Add(type); break;
                case MethodReference method: Add(method); break;
                case FieldReference field: Add(field.DeclaringType); Add(field.FieldType); break;
            }
    }

    private void Add(MethodReference method)
    {
        Add(method.DeclaringType);
        Add(method.ReturnType);
        foreach (var parameter in method.Parameters) Add(parameter.ParameterType);
        if (method is GenericInstanceMethod generic)
            foreach (var argument in generic.GenericArguments) Add(argument);
    }

    private void Add(IEnumerable<GenericParameter> parameters)
    {
        foreach (var parameter in parameters)
            foreach (var constraint in parameter.Constraints) Add(constraint.ConstraintType);
    }

    private void Add(IEnumerable<CustomAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            Add(attribute.AttributeType);
            foreach (var argument in attribute.ConstructorArguments)
                if (argument.Value is TypeReference type) Add(type);
        }
    }

    private void Add(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter: return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments) Add(argument);
                Add(generic.ElementType);
                return;
            case FunctionPointerType pointer:
                Add(pointer.ReturnType);
                foreach (var parameter in pointer.Parameters) Add(parameter.ParameterType);
                return;
            case IModifierType modifier:
                Add(modifier.ModifierType);
                Add(modifier.ElementType);
                return;
            case TypeSpecification specification:
                Add(specification.ElementType);
                return;
        }
        var to = NameOf(type);
        if (to != _from && _ours.Contains(to.Assembly) && IsWritten(to) && IsWritten(_from)) _imports.Add(new Import(_from, to));
    }

    // Types of the compiler and of source generators stand in no namespace of ours.
    private static bool IsWritten(TypeName type) => type.Namespace.StartsWith("Rhoflow", StringComparison.Ordinal);

    private static TypeName NameOf(TypeReference type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        var assembly = type.Scope is AssemblyNameReference reference ? reference.Name : type.Module.Assembly.Name.Name;
        return new TypeName(assembly, type.Namespace, type.Name);
    }
}
