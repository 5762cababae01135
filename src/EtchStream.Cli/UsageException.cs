namespace EtchStream.Cli;

/// <summary>The command line cannot be carried out as it is written.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
