using System.Text;
using System.Text.RegularExpressions;
using EtchStream.Formats.Ext4;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Ext4;

public partial class DirectoryHashTests
{
    private const string Seed = "01234567-89ab-cdef-f0e1-d2c3b4a59687";

    /// <summary>Numbers as debugfs takes them: 0 to 2 legacy, half_md4 and tea; 3 more for bytes taken as unsigned.</summary>
    [ToolTheory("debugfs")]
    [InlineData(0, Seed)]
    [InlineData(1, Seed)]
    [InlineData(2, Seed)]
    [InlineData(3, Seed)]
    [InlineData(4, Seed)]
    [InlineData(5, Seed)]
    [InlineData(1, "00000000-0000-0000-0000-000000000000")]
    [InlineData(4, "ffffffff-0000-0000-0000-000000000001")]
    [InlineData(5, "00000000-0000-0000-0000-000000000000")]
    public void Names_hash_as_debugfs_hashes_them(int version, string seed)
    {
        var names = Names(1000 + version).ToArray();
        using var folder = new TemporaryFolder();
        using (var script = File.Create(folder["script"]))
        {
            foreach (var name in names)
            {
                script.Write(Encoding.ASCII.GetBytes($"dx_hash -h {version} -s {seed} \""));

                // Its command line doubles a quotation mark inside quotation marks.
                foreach (var b in name)
                {
                    script.WriteByte(b);
                    if (b == '"') script.WriteByte(b);
                }

                script.Write("\"\n"u8);
            }
        }

        var lines = Answer().Matches(HostTool.RunOk("debugfs", "-f", folder["script"]).Output);
        Assert.Equal(names.Length, lines.Count);
        var hash = new DirectoryHash(SmallSuperblock.WithHash((byte)(version % 3), version >= 3, Convert.FromHexString(seed.Replace("-", "", StringComparison.Ordinal))));
        for (var i = 0; i < names.Length; i++)
        {
            Assert.True(Convert.ToUInt32(lines[i].Groups[1].Value, 16) == hash.Compute(names[i]), $"{Convert.ToHexString(names[i])}: {hash.Compute(names[i]):x}, debugfs {lines[i].Value}");
        }
    }

    [Fact]
    public void The_lowest_bit_is_never_set_and_signedness_only_matters_beyond_ASCII()
    {
        var seed = Convert.FromHexString("0123456789abcdeff0e1d2c3b4a59687");
        for (byte version = 0; version < 3; version++)
        {
            var signed = new DirectoryHash(SmallSuperblock.WithHash(version, isUnsigned: false, seed));
            var unsigned = new DirectoryHash(SmallSuperblock.WithHash(version, isUnsigned: true, seed));
            var different = 0;
            foreach (var name in Names(version))
            {
                Assert.Equal(0u, signed.Compute(name) & 1);
                if (name.All(b => b < 128)) Assert.Equal(signed.Compute(name), unsigned.Compute(name));
                else if (signed.Compute(name) != unsigned.Compute(name)) different++;
            }

            Assert.True(different > 100);
        }
    }

    [Fact]
    public void A_hash_that_is_not_known_is_refused_by_name()
    {
        var refusal = Assert.Throws<UnsupportedFormatException>(() => new DirectoryHash(SmallSuperblock.WithHash(6, isUnsigned: false, new byte[16])));
        Assert.Equal("directory hash", refusal.Feature);
    }

    private static IEnumerable<byte[]> Names(int seed)
    {
        var random = new Random(seed);
        for (var length = 1; length <= 255; length++)
        {
            for (var kind = 0; kind < 3; kind++)
            {
                var name = new byte[length];
                for (var i = 0; i < length; i++)
                {
                    byte b;
                    do
                    {
                        b = (byte)(kind switch { 0 => random.Next(97, 123), 1 => random.Next(128, 256), _ => random.Next(1, 256) });
                    }
                    while (b is (byte)'/' or (byte)'\n' or (byte)'\r' || (i == 0 && b == '-'));
                    name[i] = b;
                }

                yield return name;
            }
        }
    }

    [GeneratedRegex(@" is 0x([0-9a-f]+) \(minor 0x[0-9a-f]+\)$", RegexOptions.Multiline, 10_000)]
    private static partial Regex Answer();
}
