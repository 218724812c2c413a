using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Pickles;

/// <summary>The names of Python that files of torch.save need for tensors, and what stands for a call of them here.</summary>
internal static class TorchNames
{
    /// <summary>What to do about a file that has others.</summary>
    public const string Remedy = "Save the weights alone: torch.save(model.state_dict(), FILE)";

    private static readonly Dictionary<string, ElementType> s_storages = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = ElementType.Float64,
        ["FloatStorage"] = ElementType.Float32,
        ["HalfStorage"] = ElementType.Float16,
        ["BFloat16Storage"] = ElementType.BFloat16,
        ["LongStorage"] = ElementType.Int64,
        ["IntStorage"] = ElementType.Int32,
        ["ShortStorage"] = ElementType.Int16,
        ["CharStorage"] = ElementType.Int8,
        ["ByteStorage"] = ElementType.UInt8,
        ["BoolStorage"] = ElementType.Bool,
    };

    private static readonly Dictionary<string, ElementType> s_types = new(StringComparer.Ordinal)
    {
        ["float64"] = ElementType.Float64,
        ["float32"] = ElementType.Float32,
        ["float16"] = ElementType.Float16,
        ["bfloat16"] = ElementType.BFloat16,
        ["float8_e4m3fn"] = ElementType.Float8E4M3,
        ["float8_e5m2"] = ElementType.Float8E5M2,
        ["int64"] = ElementType.Int64,
        ["int32"] = ElementType.Int32,
        ["int16"] = ElementType.Int16,
        ["int8"] = ElementType.Int8,
        ["uint64"] = ElementType.UInt64,
        ["uint32"] = ElementType.UInt32,
        ["uint16"] = ElementType.UInt16,
        ["uint8"] = ElementType.UInt8,
        ["bool"] = ElementType.Bool,
    };

    private static readonly HashSet<string> s_calls = new(StringComparer.Ordinal)
    {
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state", "collections.OrderedDict", "collections.Counter",
        "torch.Size", "torch.device",
    };

    /// <summary>Whether a name is a part of a tensor or of what usually stands beside one.</summary>
    public static bool IsKnown(PickleName name) => s_calls.Contains(name.ToString()) || StorageType(name) is not null || IsUntyped(name)
        || name.Module == "torch" && s_types.ContainsKey(name.Name);

    /// <summary>What torch.FloatStorage … hold; null: another name.</summary>
    public static ElementType? StorageType(PickleName name) =>
        name.Module is "torch" or "torch.cuda" && s_storages.TryGetValue(name.Name, out var type) ? type : null;

    /// <summary>Whether it is a storage of bytes.</summary>
    public static bool IsUntyped(PickleName name) => name is { Module: "torch.storage" or "torch", Name: "UntypedStorage" };

    /// <summary>What a call stands for.</summary>
    /// <exception cref="DataException">Not a callable of these, or other arguments than it has.</exception>
    public static object Call(PickleName name, object?[] arguments, PickleReader reader)
    {
        var text = name.ToString();
        switch (text)
        {
            case "torch._utils._rebuild_tensor"
                when arguments is [PickleStorage { Type: { } type } storage, long offset, var shape, var strides]:
                return View(storage, type, offset, shape, strides);
            case "torch._utils._rebuild_tensor_v2"
                when arguments is [PickleStorage { Type: { } type } storage, long offset, var shape, var strides, ..]
                    && arguments.Length <= 7:
                return View(storage, type, offset, shape, strides);
            case "torch._utils._rebuild_tensor_v3" when arguments is
                [PickleStorage storage, long offset, var shape, var strides, _, _, PickleName { Module: "torch" } type, ..]
                && s_types.TryGetValue(type.Name, out var of):
                return View(storage, of, offset, shape, strides);
            case "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state"
                when arguments is [PickleTensor data, ..]:
                return data;
            case "collections.OrderedDict" when arguments is []: return new PickleDictionary();
            case "collections.OrderedDict" when arguments is [PickleList pairs]:
                var dictionary = new PickleDictionary();
                foreach (var pair in pairs.Items)
                    if (pair is not PickleTuple { Items: [var key, var value] } || !dictionary.TryAdd(key, value))
                        throw reader.Refused("an OrderedDict is not made of keys and values");
                return dictionary;
            case "collections.Counter" when arguments is []: return new PickleDictionary();
            case "collections.Counter" when arguments is [PickleDictionary counts]: return counts;
            case "torch.Size" when arguments is [PickleTuple sizes]: return sizes;
            case "torch.device" when arguments is [string, ..]: return new PickleOther($"device {arguments[0]}");
            default:
                throw reader.Refused(s_calls.Contains(text) ? $"'{text}' is called with arguments that it does not have"
                    : $"'{text}' is called, which makes no tensor");
        }

        PickleTensor View(PickleStorage storage, ElementType type, long offset, object? shape, object? strides) =>
            new(storage, type, offset, Sizes(shape), Sizes(strides));

        long[] Sizes(object? value)
        {
            if (value is not PickleTuple { Items: var items }) throw reader.Refused($"'{text}' is called without sizes or strides");
            if (items.Length > Tensor.MostAxes) throw reader.Refused($"a tensor has {items.Length} axes; {Tensor.MostAxes} are the most");
            return [.. items.Select(i => i is long n ? n : throw reader.Refused($"'{text}' is called with a size that is no number"))];
        }
    }
}
