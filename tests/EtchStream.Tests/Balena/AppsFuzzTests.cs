using System.Text;
using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

/// <summary>Damaged and mangled documents: read or refused with the one typed error, and what is read can be written and read again.</summary>
public sealed class AppsFuzzTests
{
    private static readonly string[] Samples = [AppsSamples.V1, AppsSamples.V2, AppsSamples.V3, $"{{\"dev\": {AppsSamples.V3}}}", $"{{\"local\": {AppsSamples.V2}}}"];

    private static readonly byte[][] Tokens =
    [
        .. ((string[])["{", "}", "[", "]", ",", ":", "null", "true", "1e999", "-1", "\"\"", "{}", "[]", "\"apps\":", "\"local\":", "\"services\":", "\\ud800", "\\u0000", "\"12\":", "\u2028", "\uFEFF"]).Select(Encoding.UTF8.GetBytes)
    ];

    [Fact]
    public void Mangled_documents_are_read_or_refused_and_nothing_else_happens()
    {
        var random = new Random(91);
        var read = 0;
        var refused = 0;
        for (var i = 0; i < 6000; i++)
        {
            var bytes = Mangled(random, Encoding.UTF8.GetBytes(Samples[i % Samples.Length]));
            if (Check(bytes)) read++;
            else refused++;
        }

        // Both ways are taken, or this test tests nothing.
        Assert.InRange(read, 200, 5000);
        Assert.InRange(refused, 1000, 5800);
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        foreach (var sample in Samples)
        {
            var bytes = Encoding.UTF8.GetBytes(sample.Trim());
            for (var length = 0; length < bytes.Length; length++) Assert.False(Check(bytes[..length]), $"cut at {length}");
        }
    }

    private static bool Check(byte[] bytes)
    {
        var problems = AppsDocument.Validate(bytes);
        AppsDocument document;
        try
        {
            document = AppsDocument.Parse(bytes, "apps.json");
        }
        catch (InvalidAppsException e)
        {
            Assert.Equal(problems[0], new AppsFinding(e.JsonPath, e.Rule));
            Assert.DoesNotContain(e.Message, char.IsControl);
            return false;
        }

        Assert.Empty(problems);
        var written = document.ToBytes();
        var again = AppsDocument.Parse(written, "apps.json");
        Assert.Equal(written, again.ToBytes());
        Assert.Equal(document.Version, again.Version);
        Assert.Equal(Images(document), Images(again));
        return true;
    }

    private static IEnumerable<string> Images(AppsDocument document) => document.Services.Select(s => $"{s.AppKey} {s.Release} {s.ServiceName} {s.Image}").Order(StringComparer.Ordinal);

    private static byte[] Mangled(Random random, byte[] bytes)
    {
        var result = bytes.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && result.Count > 1; changes--)
        {
            var at = random.Next(result.Count);
            switch (random.Next(6))
            {
                case 0:
                    result[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    result.RemoveRange(at, Math.Min(random.Next(1, 12), result.Count - at));
                    break;
                case 2:
                    result.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 3:
                    result.InsertRange(at, result.GetRange(at, Math.Min(random.Next(1, 40), result.Count - at)));
                    break;
                case 4:
                    ReplaceToken(random, result, at);
                    break;
                default:
                    result[at] = (byte)"0123456789abcXYZ_-:./@"[random.Next(22)];
                    break;
            }
        }

        return [.. result];
    }

    /// <summary>What stands between two marks becomes another token, so that the JSON often stays JSON.</summary>
    private static void ReplaceToken(Random random, List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, b => b == ':');
        var end = start < 0 ? -1 : bytes.FindIndex(start, b => b is (byte)',' or (byte)'}');
        if (end < 0) return;
        bytes.RemoveRange(start + 1, end - start - 1);
        bytes.InsertRange(start + 1, Tokens[random.Next(6, 13)]);
    }
}
