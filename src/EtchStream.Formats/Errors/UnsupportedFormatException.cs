namespace EtchStream.Formats;

/// <summary>Input that is well-formed as far as can be told, but uses something this library does not write or read.</summary>
public sealed class UnsupportedFormatException : NotSupportedException
{
    /// <summary>Creates the error for one feature.</summary>
    /// <param name="feature">The feature's usual name, e.g. <c>bigalloc</c>.</param>
    /// <param name="message">One line: what has the feature, and what the user can do.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public UnsupportedFormatException(string feature, string message, Exception? inner = null)
        : base(message, inner) => Feature = feature;

    /// <summary>The feature's usual name.</summary>
    public string Feature { get; }
}
