using System.Globalization;

namespace Rhoflow.Lab.Models.Pickles;

/// <summary>A name that a pickle refers to: a class or function of Python. It is only compared with those that are known here.</summary>
/// <param name="Module">torch._utils.</param>
/// <param name="Name">_rebuild_tensor_v2.</param>
internal sealed record PickleName(string Module, string Name)
{
    /// <summary>torch._utils._rebuild_tensor_v2.</summary>
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A tuple.</summary>
/// <param name="Items">In order.</param>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A list.</summary>
internal sealed class PickleList
{
    /// <summary>In order.</summary>
    public List<object?> Items { get; } = [];
}

/// <summary>A dictionary (also an OrderedDict), in the order of its keys' arrival.</summary>
internal sealed class PickleDictionary
{
    // As texts, whose hashes differ from run to run: numbers can be chosen so that all of them collide.
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Keys and values.</summary>
    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>False if a key of that text or number is there.</summary>
    public bool TryAdd(object? key, object? value)
    {
        if ((key as string ?? (key as long?)?.ToString(CultureInfo.InvariantCulture)) is { } name && !_keys.Add(name)) return false;
        Items.Add((key, value));
        return true;
    }
}

/// <summary>The storage of tensors: a file of the archive.</summary>
/// <param name="Type">Of its numbers; null: bytes, the tensor says what they are.</param>
/// <param name="Key">The file's name.</param>
/// <param name="Count">Numbers; bytes where there is no type.</param>
internal sealed record PickleStorage(ElementType? Type, string Key, long Count);

/// <summary>A view of a storage.</summary>
/// <param name="Storage">Where its numbers lie.</param>
/// <param name="Type">Of its numbers.</param>
/// <param name="Offset">The first of them, in numbers.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">In numbers.</param>
internal sealed record PickleTensor(PickleStorage Storage, ElementType Type, long Offset, long[] Shape, long[] Strides);

/// <summary>Something that is neither a tensor nor holds one (a device, a long integer).</summary>
/// <param name="Text">What it is.</param>
internal sealed record PickleOther(string Text);
