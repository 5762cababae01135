using System.Net.Http.Headers;
using EtchStream.Oci.Registry;
using Xunit;

namespace EtchStream.Oci.Tests;

/// <summary>Text from outside, at random: an answer or a refusal, never another exception.</summary>
public sealed class FuzzTests
{
    [Fact]
    public void Random_references_are_refused_or_mean_the_same_when_read_again()
    {
        var random = new Random(20);
        var accepted = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var text = Text(random, "aZ09.-_/:@[]%\n é", random.Next(14));
            if (!ImageReference.TryParse(text, out var reference)) continue;
            accepted++;
            Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
            Assert.Equal(reference, ImageReference.Parse(reference.ToFamiliarString()));
            Assert.True(Uri.TryCreate($"https://{reference.Host}/v2/{reference.Repository}/manifests/{reference.Target}", UriKind.Absolute, out var uri), text);
            Assert.Equal($"/v2/{reference.Repository}/manifests/{reference.Target}", uri!.AbsolutePath);
        }
        Assert.InRange(accepted, 1000, 199_000);
    }

    [Fact]
    public void Random_platforms_are_refused_or_normal_when_read_again()
    {
        var random = new Random(21);
        for (var i = 0; i < 50_000; i++)
        {
            if (Platform.TryParse(Text(random, "armv8647linux/._-", random.Next(20)), out var platform))
            {
                Assert.Equal(platform, Platform.Parse(platform.ToString()));
                Assert.Equal(int.MaxValue, platform.Suitability(platform));
            }
        }
    }

    [Fact]
    public void Random_challenges_are_read_to_their_end()
    {
        var random = new Random(22);
        for (var i = 0; i < 50_000; i++)
        {
            using var response = new HttpResponseMessage();
            response.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue(random.Next(2) == 0 ? "Bearer" : "Basic", Text(random, "realm=\"\\, service", random.Next(30))));
            Assert.NotNull(AuthChallenge.Choose(response.Headers.WwwAuthenticate));
        }
    }

    private static string Text(Random random, string alphabet, int length) =>
        string.Create(length, (random, alphabet), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = state.alphabet[state.random.Next(state.alphabet.Length)];
        });
}
