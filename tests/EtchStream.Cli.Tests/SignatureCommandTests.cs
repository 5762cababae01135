using System.Text;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary><c>pack --sign</c> and <c>unpack --trusted-key</c>, with openssl's keys and openssl as the judge.</summary>
public sealed class SignatureCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SignatureCommandTests()
    {
        var image = new byte[3 << 20];
        new Random(5).NextBytes(image.AsSpan(700_000, 100_000));
        File.WriteAllBytes(_folder["disk.img"], image);
    }

    public void Dispose() => _folder.Dispose();

    [ToolTheory("openssl", "tar")]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY")]
    [InlineData("ecparam -name prime256v1 -genkey -out KEY")]
    [InlineData("ecparam -name prime256v1 -genkey -noout -out KEY")]
    public void Openssl_makes_the_key_and_checks_the_signature_and_so_do_we(string command)
    {
        MakeKey(command, "key");
        CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", _folder["plain.tar"]).Succeeded();
        CliProcess.Run("pack", "--image", _folder["disk.img"], "--sign", _folder["key.pem"], "-o", _folder["a.tar"]).Succeeded();
        HostTool.RunOk("tar", "-xf", _folder["a.tar"], "-C", _folder.FullPath, "etch-trailer.json", "etch-trailer.sig");
        string[] check = ["dgst", "-sha256", "-verify", _folder["key.pub"], "-signature", _folder["etch-trailer.sig"], _folder["etch-trailer.json"]];
        Assert.Contains("Verified OK", HostTool.RunOk("openssl", check).Output, StringComparison.Ordinal);

        // All before the signature is what it is without.
        var plain = File.ReadAllBytes(_folder["plain.tar"]).AsSpan();
        var end = plain.LastIndexOfAnyExcept((byte)0);
        Assert.True(File.ReadAllBytes(_folder["a.tar"]).AsSpan().StartsWith(plain[..end]));
        var result = CliProcess.Run("unpack", _folder["a.tar"], _folder["out.img"], "--trusted-key", _folder["key.pub"]).Succeeded();
        Assert.Contains($"signed by {_folder["key.pub"]}", result.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_folder["disk.img"]), File.ReadAllBytes(_folder["out.img"]));
        Assert.Contains("not checked", CliProcess.Run("unpack", _folder["a.tar"], _folder["out.img"]).Succeeded().Error, StringComparison.Ordinal);
        Assert.Contains("signed: yes", CliProcess.Run("inspect", _folder["a.tar"]).Succeeded().Output, StringComparison.Ordinal);

        // The judge notices damage.
        File.AppendAllText(_folder["etch-trailer.json"], " ");
        Assert.NotEqual(0, HostTool.Run("openssl", check).ExitCode);
    }

    [ToolFact("openssl")]
    public void What_is_unsigned_signed_by_another_or_altered_is_refused_and_one_of_several_keys_is_enough()
    {
        MakeKey("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY", "key");
        MakeKey("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY", "other");
        CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", _folder["plain.tar"]).Succeeded();
        CliProcess.Run("pack", "--image", _folder["disk.img"], "--sign", _folder["key.pem"], "-o", _folder["a.tar"]).Succeeded();
        Refuses(7, "it is not signed", "plain.tar", "key.pub");
        Refuses(7, "none of the trusted keys", "a.tar", "other.pub");
        HostTool.RunOk("tar", "-cf", _folder["hand.tar"], "-C", _folder.FullPath, "disk.img");
        Refuses(7, "made by hand", "hand.tar", "key.pub");
        CliProcess.Run("unpack", _folder["a.tar"], _folder["out.img"], "--trusted-key", _folder["other.pub"], "--trusted-key", _folder["key.pub"]).Succeeded();
        File.WriteAllText(_folder["both.pub"], File.ReadAllText(_folder["other.pub"]) + File.ReadAllText(_folder["key.pub"]));
        CliProcess.Run("unpack", _folder["a.tar"], _folder["out.img"], "--trusted-key", _folder["both.pub"]).Succeeded();
        File.Delete(_folder["out.img"]);

        // Each byte of trailer and signature, and of their headers: a header's own checksum, or the key, notices.
        var bytes = File.ReadAllBytes(_folder["a.tar"]);
        var trailer = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("etch-trailer.json\0"));
        var end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        for (var at = trailer; at <= end; at += 29)
        {
            var altered = (byte[])bytes.Clone();
            altered[at] ^= 4;
            File.WriteAllBytes(_folder["altered.tar"], altered);
            var result = CliProcess.Run("unpack", _folder["altered.tar"], _folder["out.img"], "--trusted-key", _folder["key.pub"]);

            // Padding behind a member's content says nothing.
            if (result.ExitCode == 0) Assert.Equal(0, bytes[at]);
            else Assert.True(result.ExitCode is 3 or 7, $"byte {at}: {result.ExitCode}, {result.Error}");
            File.Delete(_folder["out.img"]);
        }

        // A trailer that is signed, over content that is another.
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_folder["altered.tar"], bytes);
        Refuses(3, "", "altered.tar", "key.pub");
    }

    [ToolFact("openssl")]
    public void Keys_of_other_kinds_are_usage_errors()
    {
        MakeKey("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY", "key");
        MakeKey("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out KEY", "p384");
        MakeKey("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out KEY", "rsa");
        HostTool.RunOk("openssl", "pkey", "-in", _folder["key.pem"], "-aes128", "-passout", "pass:x", "-out", _folder["secret.pem"]);
        File.WriteAllText(_folder["text.pem"], "no key\n");
        File.WriteAllText(_folder["empty.pem"], "");
        File.WriteAllText(_folder["broken.pem"], "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        foreach (var (name, expected) in ((string, string)[])[("p384.pem", "P-256"), ("rsa.pem", "P-256"), ("secret.pem", "encrypted"), ("text.pem", "PEM"), ("empty.pem", "PEM"), ("broken.pem", "P-256"), ("key.pub", "private key is expected")])
        {
            var result = CliProcess.Run("pack", "--image", _folder["disk.img"], "--sign", _folder[name], "-o", _folder["a.tar"]);
            Assert.True(result.ExitCode == 2, $"{name}: {result.ExitCode}, {result.Error}");
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder["a.tar"]));
        }

        CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", _folder["plain.tar"]).Succeeded();
        foreach (var (name, expected) in ((string, string)[])[("key.pem", "-pubout"), ("p384.pub", "P-256"), ("rsa.pub", "P-256"), ("text.pem", "PEM")]) Refuses(2, expected, "plain.tar", name);
        Assert.Equal(1, CliProcess.Run("unpack", _folder["plain.tar"], _folder["out.img"], "--trusted-key", _folder["missing.pub"]).ExitCode);
    }

    private void Refuses(int code, string expected, string archive, string key)
    {
        var result = CliProcess.Run("unpack", _folder[archive], _folder["out.img"], "--trusted-key", _folder[key]);
        Assert.True(result.ExitCode == code, $"{archive}, {key}: exit code {result.ExitCode}, {result.Error}");
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["out.img"]));
    }

    private void MakeKey(string command, string name)
    {
        HostTool.RunOk("openssl", [.. command.Replace("KEY", _folder[$"{name}.pem"], StringComparison.Ordinal).Split(' ')]);
        HostTool.RunOk("openssl", "pkey", "-in", _folder[$"{name}.pem"], "-pubout", "-out", _folder[$"{name}.pub"]);
    }
}
