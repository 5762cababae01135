namespace EtchStream.Formats;

/// <summary>A partition was asked for by number or label, and the image has none, or more than one, that answers to it.</summary>
public sealed class PartitionNotFoundException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="selector">What was asked for, as the user wrote it.</param>
    /// <param name="message">One line that says why nothing was found, and lists what there is.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public PartitionNotFoundException(string selector, string message, Exception? inner = null)
        : base(message, inner) => Selector = selector;

    /// <summary>The number or label that was asked for.</summary>
    public string Selector { get; }
}
