using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Lab.Models.Pickles;

namespace Rhoflow.Lab.Models;

/// <summary>
/// Tensors of a file that torch.save wrote: a zip archive with NAME/data.pkl, a pickle that says which tensor is which part of which
/// NAME/data/KEY. Tensors stand in dictionaries, also within each other ({"model": state_dict, "epoch": 3}); the keys on the way to a
/// tensor are its name, but for those that all tensors share.
/// </summary>
internal static class TorchReader
{
    private const string Pickle = "data.pkl";
    private const long LargestPickle = 64L << 20;
    private const int MostDepth = 100;

    /// <summary>Whether an archive is one of torch.save.</summary>
    public static bool Is(IReadOnlyList<ZipEntry> entries) => entries.Any(static e => e.Name == Pickle || e.Name.EndsWith("/" + Pickle,
        StringComparison.Ordinal));

    /// <summary>Why a file that is no zip archive cannot be read, where it is a pickle all the same; null: it is none.</summary>
    public static string? WhyNot(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> magic = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
        if (start.Length > 14 && start[0] == 0x80 && start[2..14].SequenceEqual(magic))
            return "is in the format of PyTorch before 1.6 (no zip archive); save it anew: torch.save(torch.load(FILE, "
                + "map_location='cpu'), FILE)";
        return start is [0x80, >= 2 and <= 5, ..] ? "is a bare pickle, a program for Python, and no file of torch.save; save the weights "
            + "with torch.save(model.state_dict(), FILE)" : null;
    }

    /// <param name="file">The archive.</param>
    /// <param name="entries">Its entries.</param>
    /// <exception cref="DataException">It is damaged, or its pickle does more than describe tensors.</exception>
    public static ModelContent Read(ByteStore file, IReadOnlyList<ZipEntry> entries)
    {
        var byName = entries.ToDictionary(static e => e.Name, StringComparer.Ordinal);
        ZipEntry[] pickles = [.. entries.Where(static e => e.Name == Pickle || e.Name.EndsWith("/" + Pickle, StringComparison.Ordinal))];
        if (pickles is not [var pickle])
            throw new DataException($"{file.Name}: has {pickles.Length} pickles called {Pickle}; torch.save writes one");
        var prefix = pickle.Name[..^Pickle.Length];
        if (byName.ContainsKey(prefix + "constants.pkl"))
            throw new DataException($"{file.Name}: is a program of TorchScript, which is not read. {TorchNames.Remedy}");
        if (pickle.Length > LargestPickle)
            throw new DataException(
                $"{file.Name} ({pickle.Name}): {pickle.Length} bytes; {LargestPickle} are the most that is read of a pickle");
        var content = PackedStore.Of(file, pickle);
        PackedStore.RequireWhole(content, pickle);
        var big = byName.TryGetValue(prefix + "byteorder", out var order) && order.Length < 16
            && PackedStore.Of(file, order) is var text && text.Bytes(0, (int)text.Length).AsSpan().SequenceEqual("big"u8);
        PickleReader reader = null!;
        var stores = new Dictionary<string, ByteStore>(StringComparer.Ordinal);
        reader = new PickleReader(content.Bytes(0, (int)content.Length), content.Name, id => Storage(id, reader));
        var found = new TensorsOfPickle(content.Name, content.Length).Collect(reader.Read());
        return new ModelContent("PyTorch", [.. found.Tensors.Select(t => Tensor(t.Name, t.Tensor))]) { Notes = found.Notes };

        Tensor Tensor(string name, PickleTensor t)
        {
            var (store, size) = (Store(t.Storage), t.Type.Bytes());
            if (t.Offset < 0 || t.Offset > store.Length / size)
                throw new DataException($"{store.Name}: array '{name}' would begin at number {t.Offset} of {store.Length / size}");
            return new Tensor(name, t.Shape, t.Type, store, t.Offset * size, t.Strides, big);
        }

        ByteStore Store(PickleStorage storage)
        {
            if (stores.TryGetValue(storage.Key, out var known)) return known;
            if (!byName.TryGetValue($"{prefix}data/{storage.Key}", out var entry))
                throw new DataException($"{file.Name}: there is no '{prefix}data/{storage.Key}', where tensors should lie");
            var bytes = storage.Type?.Bytes() ?? 1;
            if (storage.Count < 0 || storage.Count > entry.Length / bytes || storage.Count * bytes != entry.Length)
                throw new DataException(
                    $"{file.Name} ({entry.Name}): {entry.Length} bytes; {storage.Count} numbers of {bytes} bytes are promised");
            return stores[storage.Key] = PackedStore.Of(file, entry);
        }
    }

    // ('storage', torch.FloatStorage, '0', 'cpu', 12).
    private static PickleStorage Storage(object? id, PickleReader reader)
    {
        if (id is not PickleTuple { Items: ["storage", PickleName name, string key, string, long count, ..] })
            throw reader.Refused("it refers to something outside that is no storage of a tensor");
        var type = TorchNames.StorageType(name);
        return type is not null || TorchNames.IsUntyped(name) ? new PickleStorage(type, key, count)
            : throw reader.Refused($"'{name}' is no storage of numbers that is known here");
    }

    /// <summary>Walks through dictionaries and lists to the tensors.</summary>
    private sealed class TensorsOfPickle(string name, long bytes)
    {
        private readonly List<(string[] Path, PickleTensor Tensor)> _tensors = [];
        private readonly List<string> _others = [];
        private readonly HashSet<object> _above = new(ReferenceEqualityComparer.Instance);
        private long _left = bytes;

        public (IReadOnlyList<(string Name, PickleTensor Tensor)> Tensors, IReadOnlyList<string> Notes) Collect(object? root)
        {
            Walk(root, []);
            if (_tensors.Count == 0) throw new DataException($"{name}: holds no tensors");
            // {"model": {…}, "epoch": 3}: the one dictionary that holds all tensors is no part of their names.
            var shared = _tensors.TrueForAll(t => t.Path.Length > 1 && t.Path[0] == _tensors[0].Path[0]) ? 1 : 0;
            var notes = new List<string>();
            if (shared > 0) notes.Add($"the tensors are those of '{_tensors[0].Path[0]}'");
            if (_others.Count > 0) notes.Add($"beside tensors the file has {DataReading.Few(_others, 12)}");
            return ([.. _tensors.Select(t => (string.Join(".", t.Path[shared..]), t.Tensor))], notes);
        }

        private void Walk(object? value, string[] path)
        {
            if (_left-- < 0) throw new DataException($"{name}: its dictionaries stand in each other more often than its size justifies");
            if (path.Length > MostDepth)
                throw new DataException($"{name}: its dictionaries stand in each other more than {MostDepth} deep");
            if (value is PickleTensor tensor)
            {
                _tensors.Add((path.Length == 0 ? ["tensor"] : path, tensor));
                return;
            }
            if (value is not (PickleDictionary or PickleList or PickleTuple))
            {
                if (path.Length == 1 && value is not PickleStorage && _others.Count < 13) _others.Add($"{path[0]} = {Words(value)}");
                return;
            }
            if (!_above.Add(value)) throw new DataException($"{name}: '{string.Join(".", path)}' contains itself");
            IEnumerable<(string Key, object? Value)> items = value switch
            {
                PickleDictionary d => d.Items.Select(static i => (Word(i.Key), i.Value)),
                PickleList l => l.Items.Select(static (item, i) => (i.ToString(CultureInfo.InvariantCulture), item)),
                _ => ((PickleTuple)value).Items.Select(static (item, i) => (i.ToString(CultureInfo.InvariantCulture), item)),
            };
            foreach (var (key, item) in items) Walk(item, [.. path, key]);
            _above.Remove(value);
        }

        private static string Word(object? key) => key switch
        {
            string s => s,
            long n => n.ToString(CultureInfo.InvariantCulture),
            _ => "?",
        };

        private static string Words(object? value) => value switch
        {
            null => "None",
            string s => s.Length <= 40 ? $"'{s}'" : $"'{s[..40]}…'",
            IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
            PickleOther o => o.Text,
            _ => value.ToString() ?? "",
        };
    }
}
