using System.Text.Json;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models;

/// <summary>
/// A model in several safetensors files: {"weight_map": {"name of an array": "name of a file beside this one", …}}. The map and the files
/// must agree on every array.
/// </summary>
internal static class ShardIndex
{
    private const long Largest = 100_000_000;

    /// <param name="index">The .index.json.</param>
    /// <param name="path">Its path.</param>
    /// <param name="open">Opens a file beside the index by its name.</param>
    /// <param name="exists">Whether there is a file of a name beside the index.</param>
    /// <exception cref="DataException">The index or a shard is damaged, a shard would lie elsewhere, or they contradict each
    /// other.</exception>
    public static ModelContent Read(ByteStore index, string path, Func<string, ByteStore> open,
        Func<string, bool> exists)
    {
        var map = Map(index);
        var tensors = new List<Tensor>();
        foreach (var group in map.GroupBy(static m => m.Value, static m => m.Key, StringComparer.Ordinal))
        {
            var (shard, names) = (group.Key, group.ToHashSet(StringComparer.Ordinal));
            if (!exists(shard))
                throw new DataException($"{path}: the file '{shard}', which holds {names.Count} arrays, is not beside it");
            foreach (var tensor in SafetensorsReader.Read(open(shard)).Tensors)
            {
                if (!names.Remove(tensor.Name))
                    throw new DataException(map.TryGetValue(tensor.Name, out var other)
                        ? $"{path}: array '{tensor.Name}' should be in '{other}', and '{shard}' has one of that name too"
                        : $"{path}: array '{tensor.Name}' of '{shard}' is not in the index");
                tensors.Add(tensor);
            }
            if (names.Count > 0) throw new DataException($"{path}: array '{names.First()}' should be in '{shard}' and is not");
        }
        var shards = map.Values.Distinct(StringComparer.Ordinal).Count();
        return new ModelContent($"safetensors in {shards} file{(shards == 1 ? "" : "s")}", tensors);
    }

    private static Dictionary<string, string> Map(ByteStore index)
    {
        if (index.Length > Largest) throw new DataException($"{index.Name}: {index.Length} bytes are too many for an index");
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = false;
        try
        {
            var reader = new Utf8JsonReader(index.Bytes(0, (int)index.Length));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("it is not an object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMap = reader.GetString() == "weight_map";
                reader.Read();
                if (!isMap)
                {
                    reader.Skip();
                    continue;
                }
                if (found || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("'weight_map' is not one object");
                found = true;
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.String) throw new JsonException($"'{name}' has no file's name");
                    if (!map.TryAdd(name, Plain(reader.GetString()!, index.Name)))
                        throw new DataException($"{index.Name}: array '{name}' stands there twice");
                }
            }
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DataException($"{index.Name}: is not the index of a sharded model: {e.Message}", e);
        }
        return found ? map : throw new DataException($"{index.Name}: is not the index of a sharded model: it has no 'weight_map'");
    }

    private static string Plain(string shard, string name) =>
        shard.Length > 0 && shard is not ("." or "..") && !shard.Any(static c => c is '/' or '\\' or ':' || char.IsControl(c)) ? shard
            : throw new DataException($"{name}: '{shard}' is not the name of a file beside it; shards lie in the folder of their index");
}
