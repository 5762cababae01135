namespace EtchStream.Cli.Display;

/// <summary>A way to show progress.</summary>
internal interface IProgressDisplay
{
    /// <summary>How long what is shown stays.</summary>
    TimeSpan Interval { get; }

    /// <summary>Shows what comes, until nothing comes any more, and takes away what must not stay.</summary>
    /// <param name="next">Waits for the next view; null at the end.</param>
    void Run(Func<ProgressView?> next);
}
