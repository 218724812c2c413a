using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Pickles;

/// <summary>
/// The few operations of pickles by which torch.save writes tensors in dictionaries, lists and tuples. Names of Python are looked up in a
/// table of this program, and calls of them build records of this program: nothing is imported and nothing executed. Any other operation
/// and any other name ends the reading and is named.
/// </summary>
internal sealed class PickleReader
{
    // A state dict has a few objects for each tensor, and at most two thousand values wait on the stack for their dictionary.
    private const int MostObjects = 2_000_000, MostWaiting = 200_000;

    private readonly byte[] _bytes;
    private readonly string _name;
    private readonly Func<object?, object> _storage;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<int, object?> _memo = [];
    private int _at, _opcodeAt, _objects;

    /// <param name="bytes">The pickle.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="storage">Makes a storage of a persistent id.</param>
    public PickleReader(byte[] bytes, string name, Func<object?, object> storage) => (_bytes, _name, _storage) = (bytes, name, storage);

    /// <summary>The value that the pickle describes.</summary>
    /// <exception cref="DataException">It is damaged, or would do something else than describe tensors; what, and where.</exception>
    public object? Read()
    {
        while (true)
        {
            _opcodeAt = _at;
            var opcode = Take(1)[0];
            if (opcode == (byte)'.')
                return _stack.Count == 1 && _marks.Count == 0 ? _stack[0]
                    : throw Refused($"it ends with {_stack.Count} values; one is a model");
            if (!Simple(opcode) && !Container(opcode)) Other(opcode);
            if (_stack.Count > MostWaiting) throw Refused($"more than {MostWaiting} values wait on its stack");
            if (_objects > MostObjects) throw Refused($"it has more than {MostObjects} objects; a state dict has a few for each tensor");
        }
    }

    /// <summary>An error at the operation that is at work.</summary>
    public DataException Refused(string why) => new($"{_name}, byte {_opcodeAt}: {why}");

    // Values without parts.
    private bool Simple(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'N': Push(null); return true;
            case 0x88: Push(true); return true;
            case 0x89: Push(false); return true;
            case (byte)'K': Push((long)Take(1)[0]); return true;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); return true;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); return true;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); return true;
            case 0x8a: Push(Long(Take(Take(1)[0]))); return true;
            case 0x8c: Push(Text(Take(Take(1)[0]))); return true;
            case (byte)'X': Push(Text(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); return true;
            case 0x8d: Push(Text(Take(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))))); return true;
            // Texts of Python 2.
            case (byte)'U': Push(Text(Take(Take(1)[0]))); return true;
            case (byte)'T': Push(Text(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); return true;
            case (byte)'C': Push(Bytes(Take(Take(1)[0]))); return true;
            case (byte)'B': Push(Bytes(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); return true;
            case (byte)'c': Push(Known(Line(), Line())); return true;
            case 0x93:
                if (Pop() is not string name || Pop() is not string module) throw Refused("STACK_GLOBAL needs two texts");
                Push(Known(module, name));
                return true;
            default: return false;
        }
    }

    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'}': Push(new PickleDictionary()); return true;
            case (byte)']': Push(new PickleList()); return true;
            case (byte)')': Push(new PickleTuple([])); return true;
            case (byte)'(': _marks.Push(_stack.Count); _objects++; return true;
            case (byte)'t': Push(new PickleTuple(PopMarked())); return true;
            case 0x85: Push(new PickleTuple([Pop()])); return true;
            case 0x86:
                var second = Pop();
                Push(new PickleTuple([Pop(), second]));
                return true;
            case 0x87:
                var (c, b) = (Pop(), Pop());
                Push(new PickleTuple([Pop(), b, c]));
                return true;
            case (byte)'a':
                var item = Pop();
                List().Items.Add(item);
                return true;
            case (byte)'e':
                var items = PopMarked();
                List().Items.AddRange(items);
                return true;
            case (byte)'s':
                var value = Pop();
                var key = Pop();
                Add(Dictionary(), key, value);
                return true;
            case (byte)'u':
                var pairs = PopMarked();
                if (pairs.Length % 2 != 0) throw Refused("SETITEMS has a key without a value");
                var dictionary = Dictionary();
                for (var i = 0; i < pairs.Length; i += 2) Add(dictionary, pairs[i], pairs[i + 1]);
                return true;
            default: return false;
        }
    }

    private void Other(byte opcode)
    {
        switch (opcode)
        {
            case 0x80:
                if (Take(1)[0] is var protocol && protocol is < 2 or > 5)
                    throw Refused($"protocol {protocol}; torch.save writes 2, and 3 to 5 are read too");
                break;
            case 0x95: Take(8); break;
            case (byte)'q': Remember(Take(1)[0]); break;
            case (byte)'r': Remember(BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 0x94: Remember(_memo.Count); break;
            case (byte)'h': Recall(Take(1)[0]); break;
            case (byte)'j': Recall(BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'Q': Push(_storage(Pop())); break;
            case (byte)'R':
                if (Pop() is not PickleTuple arguments || Pop() is not PickleName callable)
                    throw Refused("REDUCE needs a name and a tuple");
                Push(TorchNames.Call(callable, arguments.Items, this));
                break;
            case (byte)'b':
                // An OrderedDict's attributes: the versions of modules in a state dict (_metadata).
                if (Pop() is not (PickleDictionary or null) || Peek() is not PickleDictionary)
                    throw Refused("BUILD would set the attributes of an object; only those of an OrderedDict are known here");
                break;
            default:
                throw Refused($"the operation {PickleOpcodes.Name(opcode)} is none by which tensors are described; nothing of a pickle is "
                    + $"executed here. {TorchNames.Remedy}");
        }
    }

    private PickleName Known(string module, string name)
    {
        var known = new PickleName(module, name);
        if (TorchNames.IsKnown(known)) return known;
        throw Refused($"it names '{Shortened(known.ToString())}', which is no part of a tensor; nothing of a pickle is executed here. "
            + TorchNames.Remedy);
    }

    private void Push(object? value)
    {
        _stack.Add(value);
        if (value is not (null or bool)) _objects++;
    }

    private object? Peek() => _stack.Count > (_marks.Count > 0 ? _marks.Peek() : 0) ? _stack[^1]
        : throw Refused("an operation needs a value, and there is none");

    private object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMarked()
    {
        if (_marks.Count == 0) throw Refused("an operation needs a mark, and there is none");
        var mark = _marks.Pop();
        object?[] values = [.. _stack[mark..]];
        _stack.RemoveRange(mark, values.Length);
        return values;
    }

    private PickleList List() => Peek() as PickleList ?? throw Refused("something is added to what is no list");

    private PickleDictionary Dictionary() => Peek() as PickleDictionary ?? throw Refused("something is added to what is no dictionary");

    private void Add(PickleDictionary dictionary, object? key, object? value)
    {
        if (!dictionary.TryAdd(key, value)) throw Refused($"the key '{Shortened($"{key}")}' stands in a dictionary twice");
    }

    private void Remember(int key) => _memo[key] = Peek();

    private void Recall(int key) => _stack.Add(_memo.TryGetValue(key, out var value) ? value
        : throw Refused($"it refers to its value {key}, which was not there before"));

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - _at)) throw Refused($"it ends at byte {_bytes.Length}, inside an operation");
        var taken = _bytes.AsSpan(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private string Line()
    {
        var length = _bytes.AsSpan(_at).IndexOf((byte)'\n');
        if (length < 0) throw Refused("it ends inside a name");
        var line = Text(Take((ulong)length));
        _at++;
        return line;
    }

    private string Text(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
        : throw Refused("a text is not UTF-8");

    private static PickleOther Bytes(ReadOnlySpan<byte> bytes) => new($"{bytes.Length} bytes");

    // Little-endian two's complement; what is beyond 64 bits is no size of anything.
    private static object Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8) return new PickleOther("a long integer");
        long value = 0;
        for (var i = bytes.Length - 1; i >= 0; i--) value = value << 8 | bytes[i];
        return bytes.Length is 0 or 8 ? value : value << 64 - 8 * bytes.Length >> 64 - 8 * bytes.Length;
    }

    private static string Shortened(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
