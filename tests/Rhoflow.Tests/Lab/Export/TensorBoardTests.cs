using System.Buffers.Binary;
using System.Text;
using Rhoflow.Lab.Export;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Export;

/// <summary>Event files, taken apart by a second reading of the public formats, with a second computation of their checksums.</summary>
public sealed class TensorBoardTests
{
    [Fact]
    public void Checksums_are_those_of_the_definition()
    {
        // The check value of CRC-32C.
        RecordFile.Crc32C("123456789"u8).ShouldBe(0xE3069283u);
        var random = new Random();
        for (var i = 0; i < 200; i++)
        {
            var data = new byte[random.Next(40)];
            random.NextBytes(data);
            RecordFile.Crc32C(data).ShouldBe(BitByBit(data));
        }
    }

    [Fact]
    public void Event_files_hold_the_runs()
    {
        using var folder = new TemporaryFolder();
        var random = new Random();
        for (var i = 0; i < 3; i++)
        {
            // A descent has whole steps that rise; a flow need not.
            double[][] rows = [.. Enumerable.Range(0, 5)
                .Select(r => new[] { i == 2 ? 3.0 : 10 * r, r == 2 ? double.NaN : random.NextDouble() })];
            MadeRuns.Add(folder / "runs", "made", MadeRuns.Id(i), [("seed", $"{i}"), ("loss.name", i > 1 ? "square" : "logistic"),
                ("network.bias", i > 0 ? "true" : "false")], ["step", "test_error"], rows);
        }
        var runs = RunRecord.Read(RunFolder.Under(folder / "runs"));
        TensorBoardExport.Write(ExportTable.Of(runs), folder / "boards").ShouldBe(15);
        foreach (var run in runs)
        {
            var file = Directory.EnumerateFiles(Path.Combine(folder / "boards", "made", Path.GetFileName(run.Folder.Path)))
                .ShouldHaveSingleItem();
            Path.GetFileName(file).ShouldStartWith("events.out.tfevents.");
            var records = Records(File.ReadAllBytes(file)).Select(Fields).ToArray();
            Encoding.UTF8.GetString((byte[])records[0].Single(static f => f.Number == 3).Value).ShouldBe("brain.Event:2");
            var begun = DateTime.UnixEpoch.AddSeconds(Double(records[0].Single(static f => f.Number == 1).Value)).ToLocalTime();
            begun.ToString("yyyy-MM-dd_HH-mm-ss", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(run.Order.Second);

            var hyper = Message(Message(records[1], 5), 1);
            Encoding.UTF8.GetString((byte[])hyper.Single(static f => f.Number == 1).Value).ShouldBe("_hparams_/session_start_info");
            var plugin = Message(Message(hyper, 9), 1);
            Encoding.UTF8.GetString((byte[])plugin.Single(static f => f.Number == 1).Value).ShouldBe("hparams");
            var keys = Message(Message(plugin, 2), 3).Where(static f => f.Number == 1).Select(static f => Fields((byte[])f.Value))
                .ToDictionary(static f => Encoding.UTF8.GetString((byte[])f[0].Value), static f => Fields((byte[])f[1].Value)[0]);
            Double(keys["seed"].Value).ShouldBe(double.Parse(run.Keys["seed"], System.Globalization.CultureInfo.InvariantCulture));
            (keys["loss.name"].Number, Encoding.UTF8.GetString((byte[])keys["loss.name"].Value)).ShouldBe((3, run.Keys["loss.name"]));
            (keys["network.bias"].Number, (ulong)keys["network.bias"].Value).ShouldBe((4, run.Keys["network.bias"] == "true" ? 1ul : 0));

            var (columns, rows) = MetricsFile.Read(run.Folder.File("metrics.csv"));
            records.Length.ShouldBe(2 + rows.Count);
            var isDescent = rows[1][0] > rows[0][0];
            for (var i = 0; i < rows.Count; i++)
            {
                ((ulong)records[i + 2].Single(static f => f.Number == 2).Value).ShouldBe((ulong)(isDescent ? rows[i][0] : i));
                var values = Message(records[i + 2], 5).Select(static f => Fields((byte[])f.Value)).ToDictionary(
                    static f => Encoding.UTF8.GetString((byte[])f[0].Value), static f => BitConverter.UInt32BitsToSingle((uint)f[1].Value));
                for (var c = 0; c < columns.Length; c++)
                    if (double.IsNaN(rows[i][c])) values.ShouldNotContainKey(columns[c]);
                    else values[columns[c]].ShouldBe((float)rows[i][c]);
            }
        }
        // Again: the same bytes in the same place.
        var before = Directory.EnumerateFiles(folder / "boards", "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray();
        TensorBoardExport.Write(ExportTable.Of(runs), folder / "boards");
        Directory.EnumerateFiles(folder / "boards", "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray().ShouldBe(before);
    }

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)).ShouldBe(Masked(file[at..(at + 8)]));
            var data = file[(at + 12)..(at + 12 + length)];
            BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)).ShouldBe(Masked(data));
            yield return data;
            at += 16 + length;
        }
    }

    // The remainder of the polynomial's division, one bit at a time, lowest first.
    private static uint BitByBit(byte[] data)
    {
        var crc = 0xFFFFFFFF;
        foreach (var b in data)
        {
            crc ^= b;
            for (var k = 0; k < 8; k++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return crc ^ 0xFFFFFFFF;
    }

    private static uint Masked(byte[] data) => unchecked(((BitByBit(data) >> 15) | (BitByBit(data) << 17)) + 0xa282ead8);

    private static double Double(object bits) => BitConverter.UInt64BitsToDouble((ulong)bits);

    private static List<(int Number, object Value)> Message(List<(int Number, object Value)> of, int number) =>
        Fields((byte[])of.Single(f => f.Number == number).Value);

    private static List<(int Number, object Value)> Fields(byte[] message)
    {
        var fields = new List<(int, object)>();
        for (var at = 0; at < message.Length;)
        {
            var head = Varint(ref at);
            object value = (head & 7) switch
            {
                0 => Varint(ref at),
                1 => BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan((at += 8) - 8)),
                5 => BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan((at += 4) - 4)),
                2 => Bytes((int)Varint(ref at), ref at),
                _ => throw new InvalidDataException($"wire type {head & 7}"),
            };
            fields.Add(((int)(head >> 3), value));
        }
        return fields;

        ulong Varint(ref int at)
        {
            var (value, shift) = (0ul, 0);
            while (true)
            {
                var b = message[at++];
                value |= (ulong)(b & 0x7f) << shift;
                shift += 7;
                if (b < 0x80) return value;
            }
        }

        byte[] Bytes(int length, ref int at) => message[at..(at += length)];
    }
}
