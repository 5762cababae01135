using EtchStream.Formats.IO;
using EtchStream.TestKit;
using EtchStream.Unpack.Devices.Linux;
using Xunit;

namespace EtchStream.Tests.Unpack.Devices;

public sealed class WritebackTests
{
    [Fact]
    public void A_file_is_set_on_its_way_and_what_is_none_is_let_be()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.OpenHandle(folder["file"], FileMode.CreateNew, FileAccess.ReadWrite))
        {
            using var disk = new FileDisk(file, 1 << 20);
            var writeback = new Writeback(file);
            for (var i = 0; i < 4; i++)
            {
                disk.Write(0, new byte[1 << 20]);
                writeback.Wrote(40 << 20);
            }

            Assert.Equal(1 << 20, RandomAccess.GetLength(file));
        }

        if (!OperatingSystem.IsLinux()) return;
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        var hint = new Writeback(nothing);
        hint.Wrote(40 << 20);
        hint.Wrote(40 << 20);
    }
}
