namespace EtchStream.Cli.Display;

/// <summary>One phase, as it is shown.</summary>
/// <param name="Name">One word.</param>
/// <param name="Bytes">Bytes done.</param>
/// <param name="TotalBytes">Bytes in all; null where that is not known.</param>
/// <param name="Elapsed">How long it has taken.</param>
/// <param name="Rate">Bytes a second: lately, and of a phase that has ended all over; 0 where nothing can be said.</param>
/// <param name="Left">How long it takes yet at that rate; null where nothing can be said.</param>
/// <param name="HasEnded">Whether it has ended.</param>
internal sealed record PhaseView(string Name, long Bytes, long? TotalBytes, TimeSpan Elapsed, double Rate, TimeSpan? Left, bool HasEnded);
