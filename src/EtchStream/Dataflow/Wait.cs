namespace EtchStream.Dataflow;

/// <summary>Something outside the program that a run waits for.</summary>
/// <param name="For">What it is: an input, an output, a layer and where it comes from.</param>
/// <param name="Time">For how long it has been waited for, without a pause.</param>
public sealed record Wait(string For, TimeSpan Time);
