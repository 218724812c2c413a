using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models;

/// <summary>An entry of a zip archive.</summary>
/// <param name="Name">As the archive has it; no path to anything.</param>
/// <param name="IsPacked">Deflated; else its bytes stand in the archive as they are.</param>
/// <param name="Begin">Its first byte in the archive.</param>
/// <param name="Packed">Bytes in the archive.</param>
/// <param name="Length">Bytes of the content.</param>
/// <param name="Crc">CRC-32 of the content, as the archive says.</param>
internal sealed record ZipEntry(string Name, bool IsPacked, long Begin, long Packed, long Length, uint Crc);

/// <summary>
/// The entries of a zip archive (zip64 too) with the places of their bytes, so that they are read where they lie. Entries lie within the
/// file, share no byte (archives of overlapping entries unpack to more than any ratio allows), have names of their own, and say the same
/// in both of their headers.
/// </summary>
internal static class ZipDirectory
{
    private const int EndBytes = 22, CentralBytes = 46, LocalBytes = 30, LongestComment = 65_535;
    private const long LargestDirectory = 256L << 20;
    private const uint EndSign = 0x06054b50, End64Sign = 0x06064b50, Locator64Sign = 0x07064b50, CentralSign = 0x02014b50,
        LocalSign = 0x04034b50;

    /// <exception cref="DataException">Not such an archive, or a damaged one.</exception>
    public static IReadOnlyList<ZipEntry> Read(ByteStore file)
    {
        var (begin, length, count) = Directory(file);
        if (length > LargestDirectory) throw Damaged(file, $"a directory of {length} bytes is too large");
        var directory = file.Bytes(begin, (int)length);
        var entries = new List<ZipEntry>();
        var (names, places) = (new HashSet<string>(StringComparer.Ordinal), new List<(long From, long To, string Name)>());
        for (var at = 0; at < directory.Length;)
        {
            if (directory.Length - at < CentralBytes || U32(directory, at) != CentralSign)
                throw Damaged(file, $"no entry of the directory stands at byte {begin + at}");
            int nameLength = U16(directory, at + 28), extra = U16(directory, at + 30), comment = U16(directory, at + 32);
            var next = at + CentralBytes + nameLength + extra + comment;
            if (next > directory.Length) throw Damaged(file, $"the directory ends inside the entry at byte {begin + at}");
            var rawName = directory.AsSpan(at + CentralBytes, nameLength);
            var (entry, from) = Entry(file, directory, at, rawName, directory.AsSpan(at + CentralBytes + nameLength, extra), begin);
            if (!names.Add(entry.Name)) throw Damaged(file, $"two entries are called '{entry.Name}'");
            entries.Add(entry);
            places.Add((from, entry.Begin + entry.Packed, entry.Name));
            at = next;
        }
        if (entries.Count != count) throw Damaged(file, $"{count} entries are promised; {entries.Count} are there");
        places.Sort();
        for (var i = 1; i < places.Count; i++)
            if (places[i].From < places[i - 1].To)
                throw Damaged(file, $"the entries '{places[i - 1].Name}' and '{places[i].Name}' share bytes");
        return entries;
    }

    // Where the directory begins, its bytes and its entries.
    private static (long Begin, long Length, long Count) Directory(ByteStore file)
    {
        if (file.Length < EndBytes) throw Damaged(file, $"{file.Length} bytes are too few");
        var tail = file.Bytes(Math.Max(0, file.Length - EndBytes - LongestComment), (int)Math.Min(file.Length, EndBytes + LongestComment));
        var at = tail.Length - EndBytes;
        while (at >= 0 && !(U32(tail, at) == EndSign && at + EndBytes + U16(tail, at + 20) == tail.Length)) at--;
        if (at < 0) throw Damaged(file, "it has no end of a directory, so it is cut off or something else");
        var end = file.Length - tail.Length + at;
        (long begin, long length, long count) = (U32(tail, at + 16), U32(tail, at + 12), U16(tail, at + 10));
        if (U16(tail, at + 4) is not (0 or 0xffff)) throw Damaged(file, "it is one of several volumes");
        if (at >= 20 && U32(tail, at - 20) == Locator64Sign)
        {
            var where = U64(tail, at - 12);
            if (where > end - 76) throw Damaged(file, $"the end of its directory would lie at byte {where}");
            var record = file.Bytes(where, 56);
            if (U32(record, 0) != End64Sign) throw Damaged(file, $"no end of a directory stands at byte {where}");
            (begin, length, count, end) = (U64(record, 48), U64(record, 40), U64(record, 32), where);
        }
        if (begin > end || length > end - begin)
            throw Damaged(file, $"its directory would lie at bytes {begin} … {(Int128)begin + length}");
        return (begin, length, count);
    }

    private static (ZipEntry Entry, long From) Entry(ByteStore file, byte[] directory, int at, ReadOnlySpan<byte> rawName,
        ReadOnlySpan<byte> extra, long end)
    {
        var name = Utf8.IsValid(rawName) ? Encoding.UTF8.GetString(rawName) : Encoding.Latin1.GetString(rawName);
        int flags = U16(directory, at + 8), method = U16(directory, at + 10);
        if ((flags & 0x41) != 0) throw Damaged(file, $"the entry '{name}' is encrypted");
        if (method is not (0 or 8)) throw Damaged(file, $"the entry '{name}' is packed by method {method}; only deflate (8) is read");
        (long packed, long length, long from) = (U32(directory, at + 20), U32(directory, at + 24), U32(directory, at + 42));
        Extend(extra, ref length, ref packed, ref from);
        if (from > end - LocalBytes) throw Damaged(file, $"the entry '{name}' would begin at byte {from}");
        var local = file.Bytes(from, LocalBytes);
        var begin = from + LocalBytes + U16(local, 26) + U16(local, 28);
        if (U32(local, 0) != LocalSign || U16(local, 26) != rawName.Length || begin > end || packed > end - begin)
            throw Damaged(file, $"the entry '{name}' does not lie at byte {from}, or not whole");
        if (!file.Bytes(from + LocalBytes, rawName.Length).AsSpan().SequenceEqual(rawName))
            throw Damaged(file, $"the entry '{name}' has another name at byte {from}");
        if (method == 0 && packed != length) throw Damaged(file, $"the entry '{name}' has {packed} bytes; {length} are promised");
        return (new ZipEntry(name, method == 8, begin, packed, length, U32(directory, at + 16)), from);
    }

    // The extra field 1 has what does not fit into 32 bits, in this order.
    private static void Extend(ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long from)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4) return;
            if (id == 1)
            {
                var field = extra.Slice(4, size);
                Take(ref length, ref field);
                Take(ref packed, ref field);
                Take(ref from, ref field);
                return;
            }
            extra = extra[(4 + size)..];
        }

        static void Take(ref long value, ref ReadOnlySpan<byte> field)
        {
            if (value != uint.MaxValue || field.Length < 8) return;
            value = Bounded(BinaryPrimitives.ReadUInt64LittleEndian(field));
            field = field[8..];
        }
    }

    private static int U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static long U64(byte[] bytes, int at) => Bounded(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));

    // No file is as long: what is beyond is refused like what is too long.
    private static long Bounded(ulong value) => (long)Math.Min(value, long.MaxValue / 4);

    private static DataException Damaged(ByteStore file, string why) =>
        new($"{file.Name}: not a zip archive, or a damaged one: {why}");
}
