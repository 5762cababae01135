using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Sources.Linux;

namespace EtchStream.Sources;

/// <summary>Finds out what an injection's source is.</summary>
internal static class SourceFactory
{
    /// <summary>Looks at the source and makes what reads it.</summary>
    /// <exception cref="IOException">It is missing, or not what the user says it is.</exception>
    public static async Task<IEntrySource> CreateAsync(Injection injection, OutputGuard guard, CancellationToken cancellationToken)
    {
        var path = injection.Source;
        var kind = SourcePath.KindOf(path);
        var isFolder = kind switch
        {
            FileKind.Directory => true,
            FileKind.File => false,
            _ => throw SourcePath.NotRegular(path, kind),
        };
        if (injection.Kind == InjectionKind.Folder && !isFolder) throw new IOException($"{path}: it is a file, not a folder; name a folder, or leave 'dir:' out");
        if (injection.Kind is InjectionKind.File or InjectionKind.Tar && isFolder) throw new IOException($"{path}: it is a folder, not a file; name a file, or leave '{(injection.Kind == InjectionKind.Tar ? "tar" : "file")}:' out");

        if (isFolder)
        {
            var folder = InjectTarget.Of(injection, isFile: false);
            return LinuxFile.IsAvailable ? new LinuxFolderSource(path, folder, guard) : new PortableFolderSource(path, folder, guard);
        }

        if (injection.Kind == InjectionKind.Tar || (injection.Kind == InjectionKind.Detect && await TarInput.IsTarAsync(path, cancellationToken).ConfigureAwait(false)))
        {
            return new TarSource(path, InjectTarget.Of(injection, isFile: false), guard);
        }

        var file = InjectTarget.Of(injection, isFile: true);
        if (file.Destination.Length == 0) throw new UnsafePathException(path, "a file cannot become the root of a partition; give it a name, or end DEST with '/'");
        return LinuxFile.IsAvailable ? new LinuxFileSource(path, file, guard) : new PortableFileSource(path, file, guard);
    }
}
