using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Rhoflow.Lab.Files;
using SQLitePCL;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// .index.sqlite beside the run folders of an experiment: what lists show of each, so that a thousand runs are shown without reading
/// their metrics. The folders stay the truth: an entry counts only while the files have the lengths and times that it was made from, and
/// carries a checksum. The file is never changed in place: SQLite works in memory, and a new index takes the old one's place at once. So
/// any number of processes, on network file systems too, read and write it without locks; the worst that a damaged, foreign or lost one
/// costs is that the folders are read again.
/// </summary>
internal static class RunIndex
{
    /// <summary>Its name.</summary>
    public const string Name = ".index.sqlite";

    /// <summary>
    /// Counted up whenever an entry, or how one is read from the files, changes: an index with another number is not used.
    /// </summary>
    public const int Layout = 2;

    /// <summary>The content of each folder that has a valid entry.</summary>
    /// <param name="parent">The folder above them.</param>
    /// <returns>By their names, with the stamp that they were made from; empty where there is no index that can be used.</returns>
    public static Dictionary<string, (string Stamp, RunContent Content)> Read(string parent)
    {
        var entries = new Dictionary<string, (string, RunContent)>(StringComparer.Ordinal);
        try
        {
            var file = new FileInfo(Path.Combine(parent, Name));
            if (!file.Exists || file.Length == 0) return entries;
            using var database = Open(File.ReadAllBytes(file.FullName));
            if (Scalar(database, "PRAGMA user_version") != Layout) return entries;
            using var command = database.CreateCommand();
            command.CommandText = "SELECT folder, stamp, summary, rows, config, command_line, checksum FROM runs";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                string? Text(int i) => reader.IsDBNull(i) ? null : reader.GetString(i);
                if (Text(0) is not { } folder || Text(1) is not { } stamp) continue;
                var content = new RunContent(Text(2), reader.IsDBNull(3) ? null : reader.GetInt32(3), Text(4), Text(5) ?? "", null);
                if (reader.GetInt64(6) == Checksum(folder, stamp, content)) entries[folder] = (stamp, content);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or InvalidCastException
            or FormatException or DllNotFoundException or TypeInitializationException)
        {
            // Not an index, or a damaged one, or no SQLite for this machine: what was read so far has its checksums.
        }
        return entries;
    }

    /// <summary>Writes the index anew, where the folder can be written; elsewhere everything works without.</summary>
    /// <param name="parent">The folder above the runs.</param>
    /// <param name="entries">By the names of the folders.</param>
    public static void Write(string parent, IEnumerable<KeyValuePair<string, (string Stamp, RunContent Content)>> entries)
    {
        try
        {
            AtomicFile.Write(Path.Combine(parent, Name), Build(entries));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or DllNotFoundException
            or TypeInitializationException)
        {
            // The folders are read again the next time.
        }
    }

    private static byte[] Build(IEnumerable<KeyValuePair<string, (string Stamp, RunContent Content)>> entries)
    {
        using var database = Open(null);
        Do(database, $"PRAGMA user_version = {Layout}");
        Do(database, "CREATE TABLE runs (folder TEXT PRIMARY KEY, stamp TEXT, summary TEXT, rows INTEGER, config TEXT, "
            + "command_line TEXT, checksum INTEGER) WITHOUT ROWID");
        using (var transaction = database.BeginTransaction())
        {
            using var insert = database.CreateCommand();
            insert.CommandText = "INSERT INTO runs VALUES ($0, $1, $2, $3, $4, $5, $6)";
            for (var i = 0; i < 7; i++) insert.Parameters.Add(new SqliteParameter($"${i}", null));
            foreach (var (folder, (stamp, content)) in entries)
            {
                object?[] values = [folder, stamp, content.Summary, content.Rows, content.Config, content.CommandLine,
                    Checksum(folder, stamp, content)];
                for (var i = 0; i < values.Length; i++) insert.Parameters[i].Value = values[i] ?? DBNull.Value;
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        var at = raw.sqlite3_serialize(database.Handle, "main", out var size, 0);
        if (at == 0) throw new SqliteException("out of memory", raw.SQLITE_NOMEM);
        try
        {
            var bytes = new byte[size];
            Marshal.Copy(at, bytes, 0, bytes.Length);
            return bytes;
        }
        finally
        {
            raw.sqlite3_free(at);
        }
    }

    // In memory: SQLite opens no file, takes no lock and leaves no journal.
    private static SqliteConnection Open(byte[]? bytes)
    {
        var database = new SqliteConnection("Data Source=:memory:;Pooling=False");
        database.Open();
        if (bytes is null) return database;
        var copy = raw.sqlite3_malloc64(bytes.Length);
        Marshal.Copy(bytes, 0, copy, bytes.Length);
        const int FreeOnClose = 1, ReadOnly = 4;
        var status = raw.sqlite3_deserialize(database.Handle, "main", copy, bytes.Length, bytes.Length, FreeOnClose | ReadOnly);
        if (status == raw.SQLITE_OK) return database;
        database.Dispose();
        throw new SqliteException("not a database", status);
    }

    private static void Do(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static long Checksum(string folder, string stamp, RunContent content)
    {
        var hash = new XxHash3();
        Span<byte> length = stackalloc byte[4];
        foreach (var part in new[] { folder, stamp, content.Summary,
            content.Rows?.ToString(CultureInfo.InvariantCulture), content.Config, content.CommandLine })
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.Append(length);
            hash.Append(bytes);
        }
        return (long)hash.GetCurrentHashAsUInt64();
    }
}
