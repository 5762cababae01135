namespace EtchStream.Oci.Content;

/// <summary>The files of an image layout by their path, whether they lie in a directory or a tar. Safe for concurrent use.</summary>
internal interface ILayoutFiles : IDisposable
{
    /// <summary>The layout's path, for errors.</summary>
    string Root { get; }

    /// <summary>Opens a file by its path under the root, with <c>/</c> between names.</summary>
    /// <returns>A stream that knows its length; null where there is no such file.</returns>
    Stream? TryOpen(string path);
}
