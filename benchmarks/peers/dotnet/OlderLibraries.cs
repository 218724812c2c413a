using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Rhoflow.Peers;

/// <summary>
/// TorchSharp's binding asks for one function of GCC 13's C++ library, which begins the standard streams: on systems with an older one
/// (Debian 12) it does not load. There each library begins them itself, LibTorch among them, so that the published copy of the binding is
/// made to call a function in its place that does nothing (std::get_new_handler), and not to ask for the version.
/// </summary>
internal static class OlderLibraries
{
    private const string Binding = "libLibTorchSharp.so", Version = "GLIBCXX_3.4.32";
    private const string Missing = "_ZSt21ios_base_library_initv", Harmless = "_ZSt15get_new_handlerv";

    // Sections of ELF.
    private const uint DynamicSymbols = 11, VersionsNeeded = 0x6ffffffe, VersionOfSymbols = 0x6fffffff;

    /// <summary>Makes the binding load, where that is what is missing.</summary>
    public static void Allow()
    {
        var path = Path.Combine(AppContext.BaseDirectory, Binding);
        if (!OperatingSystem.IsLinux() || !File.Exists(path)) return;
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e) when (e.Message.Contains(Version, StringComparison.Ordinal))
        {
            var file = File.ReadAllBytes(path);
            Patch(file);
            // In the place of the old one, which a process beside may have open.
            var written = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(written, file);
            File.Move(written, path, overwrite: true);
        }
    }

    private static void Patch(byte[] file)
    {
        var symbols = Section(file, DynamicSymbols);
        var strings = Header(file, symbols.Link);
        for (var i = 0; i < symbols.Size / 24; i++)
        {
            var name = strings.Offset + (int)Read32(file, symbols.Offset + 24 * i);
            if (!Text(file, name).Equals(Missing, StringComparison.Ordinal)) continue;
            Encoding.ASCII.GetBytes(Harmless + '\0').CopyTo(file, name);
            // 1: of no version.
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(Section(file, VersionOfSymbols).Offset + 2 * i), 1);
        }
        var needed = Section(file, VersionsNeeded);
        for (int at = needed.Offset, next = 1; next != 0; at += next)
        {
            next = (int)Read32(file, at + 12);
            for (int one = at + (int)Read32(file, at + 8), step = 1; step != 0; one += step)
            {
                step = (int)Read32(file, one + 12);
                if (Text(file, strings.Offset + (int)Read32(file, one + 8)).Equals(Version, StringComparison.Ordinal))
                    // Weak: may be missing.
                    BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(one + 4), 2);
            }
        }
    }

    private static (int Offset, int Size, int Link) Section(byte[] file, uint type)
    {
        for (var i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(60)); i++)
            if (Read32(file, HeaderAt(file, i) + 4) == type) return Header(file, i);
        throw new InvalidDataException($"{Binding} has no section of type {type:x}");
    }

    private static (int Offset, int Size, int Link) Header(byte[] file, int i)
    {
        var at = HeaderAt(file, i);
        return ((int)Read64(file, at + 24), (int)Read64(file, at + 32), (int)Read32(file, at + 40));
    }

    private static int HeaderAt(byte[] file, int i) => (int)Read64(file, 40) + i * BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(58));

    private static string Text(byte[] file, int at) => Encoding.ASCII.GetString(file, at, Array.IndexOf(file, (byte)0, at) - at);

    private static uint Read32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static ulong Read64(byte[] file, int at) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
}
