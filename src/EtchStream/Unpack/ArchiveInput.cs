using EtchStream.Formats.Compression;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Sources;
using EtchStream.Sources.Linux;
using EtchStream.Unpack.Http;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Unpack;

/// <summary>Where the bytes of an archive come from: a file, standard input, a web server, any stream. Nothing of it is ever changed.</summary>
public sealed class ArchiveInput : IAsyncDisposable
{
    // Measured: with 64 KiB the two ends wait for each other, and a MiB leaves the processor's cache before it is read.
    private const int PipeSize = 256 * 1024;

    private readonly HttpArchiveStream? _download;

    private ArchiveInput(Stream stream, string name, string? path)
    {
        Stream = stream;
        Name = name;
        Path = path;

        // A block device is a file of no length here.
        Length = stream.CanSeek && stream.Length > stream.Position ? stream.Length - stream.Position : null;
    }

    private ArchiveInput(HttpArchiveStream download, Stream stream, string name)
    {
        _download = download;
        Stream = stream;
        Name = name;
        // Of the bytes on their way; it says nothing where they are unpacked on arrival.
        Length = ReferenceEquals(stream, download) ? download.KnownLength : null;
    }

    /// <summary>The bytes, read forward only.</summary>
    public Stream Stream { get; }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Its path, null when it is not a file.</summary>
    public string? Path { get; }

    /// <summary>Bytes in it, null when that is not known.</summary>
    public long? Length { get; }

    /// <summary>Opens what a command line names: <c>-</c> is standard input, everything else a file.</summary>
    public static ArchiveInput Open(string pathOrDash) => pathOrDash == "-" ? OpenStandardInput() : OpenFile(pathOrDash);

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It is a folder, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static ArchiveInput OpenFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (SourcePath.KindOf(path) == FileKind.Directory) throw new IOException($"{path}: it is a folder; name an archive");
        try
        {
            // No buffer of its own: the read stage asks for large pieces and reads ahead.
            var options = new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.SequentialScan };
            return new ArchiveInput(new FileStream(path, options), path, path);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw FileFailure.Of(e, path);
        }
    }

    /// <summary>Opens standard input, be it a pipe or a redirected file.</summary>
    public static ArchiveInput OpenStandardInput()
    {
        const string name = "standard input";
        if (OperatingSystem.IsWindows()) return new ArchiveInput(Console.OpenStandardInput(), name, path: null);

        // The console's stream would read in small pieces; the descriptor itself takes as much as the pipe holds.
        var descriptor = new SafeFileHandle(0, ownsHandle: false);
        if (LinuxFile.IsAvailable) LinuxFile.TryWidenPipe(descriptor, PipeSize);
        return new ArchiveInput(new FileStream(descriptor, FileAccess.Read, bufferSize: 0), name, path: null);
    }

    /// <summary>
    /// Opens an archive on a web server: connects, and waits for the answer, but reads nothing yet. Connections that are lost later are
    /// replaced, and the rest is asked for.
    /// </summary>
    /// <param name="url">The address.</param>
    /// <param name="options">How the server is reached; null for the defaults, without a netrc file.</param>
    /// <param name="decoders">What undoes a content encoding that the server uses although it was not asked to; null for the built-in decoders.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="Oci.Http.HttpTransferException">The server is not there or does not give it.</exception>
    /// <exception cref="Formats.UnsupportedFormatException">A content encoding that is not known.</exception>
    public static async Task<ArchiveInput> OpenUrlAsync(ArchiveUrl url, HttpInputOptions? options = null, Decoders? decoders = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        var download = new HttpArchiveStream(url, options ?? new HttpInputOptions());
        try
        {
            await download.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return new ArchiveInput(download, ContentEncoding.Decode(url.ToString(), download, download.Encodings, decoders ?? Decoders.Default), url.ToString());
        }
        catch
        {
            await download.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How often the connection to the web server was lost, and the rest came by a new one.</summary>
    public int Resumptions => _download?.Resumptions ?? 0;

    /// <summary>Takes an open stream, which is disposed with this object.</summary>
    public static ArchiveInput FromStream(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ArchiveInput(stream, name, path: null);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
