namespace EtchStream.Oci.Content;

/// <summary>Gives content by its digest.</summary>
public interface IBlobSource
{
    /// <summary>
    /// Opens a blob for reading from its start. The stream checks digest and length itself (<see cref="VerifyingStream"/>): what was
    /// read may be believed only once a read has returned 0.
    /// </summary>
    /// <param name="blob">A descriptor that this source's image names.</param>
    /// <param name="cancellationToken">Stops the opening; reads take their own.</param>
    /// <exception cref="CorruptImageException">The source does not have the blob, or has it with another length.</exception>
    Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken = default);
}
