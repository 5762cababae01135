using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Compression.Native;

/// <summary>Finds the compression libraries of the system, under the names they have on Linux, macOS and Windows.</summary>
internal static class NativeLibraries
{
    public const string Zstd = "etchstream-zstd";
    public const string Lzma = "etchstream-lzma";
    public const string Bzip2 = "etchstream-bzip2";

    private static readonly ConcurrentDictionary<string, nint> s_handles = new(StringComparer.Ordinal);

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Whether the library is on this machine.</summary>
    public static bool IsAvailable(string library) => Handle(library) != 0;

    /// <summary>Refuses to go on without the library.</summary>
    /// <exception cref="UnsupportedFormatException">It is missing; the message says what brings it.</exception>
    public static void Require(string library)
    {
        if (!IsAvailable(library)) throw Missing(Describe(library));
    }

    internal static UnsupportedFormatException Missing(NativeLibraryNames names) => new(
        names.Format,
        $"{names.Format} needs the library {names.Linux[0]}, which this system lacks; install it "
        + $"(Debian, Ubuntu: apt-get install {names.DebianPackage}; macOS: brew install {names.BrewPackage}; Windows: put {names.Windows[0]} beside the program), or decompress the file with its own tool first");

    internal static nint Load(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(NativeLibraries).Assembly, DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory, out var handle)) return handle;
        }

        return 0;
    }

    private static nint Handle(string library) => s_handles.GetOrAdd(library, static key => Load(Describe(key).OfThisSystem));

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath) =>
        library.StartsWith("etchstream-", StringComparison.Ordinal) ? Handle(library) : 0;

    private static NativeLibraryNames Describe(string library) => library switch
    {
        Zstd => new("zstd", "libzstd1", "zstd", ["libzstd.so.1"], ["libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib"], ["libzstd.dll", "zstd.dll"]),
        Lzma => new("xz", "liblzma5", "xz", ["liblzma.so.5"], ["liblzma.5.dylib", "/opt/homebrew/lib/liblzma.5.dylib", "/usr/local/lib/liblzma.5.dylib"], ["liblzma.dll"]),
        Bzip2 => new("bzip2", "libbz2-1.0", "bzip2", ["libbz2.so.1.0", "libbz2.so.1"], ["libbz2.1.0.dylib", "libbz2.dylib"], ["libbz2.dll", "bz2.dll"]),
        _ => throw new ArgumentOutOfRangeException(nameof(library), library, "no such library"),
    };
}
