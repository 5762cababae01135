using System.Text.Encodings.Web;
using System.Text.Json;

namespace EtchStream.Cli.Output;

/// <summary>Shows progress on standard error, so seldom that it costs nothing. May be called from any thread.</summary>
internal sealed class ConsoleProgress(ProgressMode mode, TextWriter writer, int width, TimeProvider? clock = null) : IDisposable
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private long _lastShown;
    private long _lastBytes;
    private string? _lastPhase;
    private int _shownLength;

    private TimeSpan Interval => mode switch
    {
        ProgressMode.Line => TimeSpan.FromMilliseconds(100),
        ProgressMode.Json => TimeSpan.FromMilliseconds(500),
        _ => TimeSpan.FromSeconds(2),
    };

    /// <summary>Whether anything is shown at all.</summary>
    public bool IsOn => mode != ProgressMode.None;

    /// <summary>Takes the state, and shows it if the last one has been there long enough. The first of each phase is always shown.</summary>
    public void Report(in ProgressState state)
    {
        if (mode == ProgressMode.None) return;
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            var isNewPhase = !string.Equals(state.Phase, _lastPhase, StringComparison.Ordinal);
            var sinceLast = _clock.GetElapsedTime(_lastShown, now);
            if (!isNewPhase && sinceLast < Interval) return;
            var rate = isNewPhase || sinceLast <= TimeSpan.Zero ? 0 : (state.Bytes - _lastBytes) / sinceLast.TotalSeconds;
            Show(state, rate);
            _lastShown = now;
            _lastBytes = state.Bytes;
            _lastPhase = state.Phase;
        }
    }

    /// <summary>Takes the refreshed line away, so that what follows stands on an empty one.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_shownLength == 0) return;
            writer.Write('\r' + new string(' ', _shownLength) + '\r');
            writer.Flush();
            _shownLength = 0;
        }
    }

    private void Show(in ProgressState state, double rate)
    {
        try
        {
            if (mode == ProgressMode.Json) writer.WriteLine(Json(state));
            else if (mode == ProgressMode.Plain) writer.WriteLine(Line(state, rate));
            else Refresh(Line(state, rate));
            writer.Flush();
        }
        catch (IOException)
        {
            // Nobody reads standard error any more. The work goes on.
        }
    }

    private void Refresh(string line)
    {
        // The last column stays free: a line that fills the row wraps, and could not be taken back.
        var room = width > 1 ? width - 1 : 79;
        if (line.Length > room) line = line[..room];
        writer.Write('\r' + line.PadRight(_shownLength));
        _shownLength = line.Length;
    }

    private static string Line(in ProgressState state, double rate)
    {
        var line = state.Phase + ": " + Text.Bytes(state.Bytes);
        if (state.TotalBytes is > 0 and var total) line += $" of {Text.Bytes(total)} ({100.0 * state.Bytes / total:0}%)";
        if (rate > 0) line += $", {Text.Bytes((long)rate)}/s";
        if (state.Entries > 0) line += $", {state.Entries} entries";
        if (state.Path is not null) line += ", " + Text.OneLine(state.Path);
        return line;
    }

    private static string Json(in ProgressState state)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("phase", state.Phase);
            json.WriteNumber("bytes", state.Bytes);
            if (state.TotalBytes is { } total) json.WriteNumber("totalBytes", total);
            json.WriteNumber("entries", state.Entries);
            if (state.Path is not null) json.WriteString("path", state.Path);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
