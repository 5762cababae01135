using System.Globalization;

namespace EtchStream.TestKit;

/// <summary>
/// Linux's own vfat, where the machine's kernel has none: Debian's user-mode Linux, a kernel that runs as a process. Needs no root,
/// and takes about two seconds.
/// </summary>
public static class VfatKernel
{
    /// <summary>The programs that a test with this needs.</summary>
    public const string Tool = "linux.uml";

    private const string Modules = "/usr/lib/uml/modules";

    /// <summary>Runs a shell script in a kernel with an image mounted at <c>/mnt/v</c> and a folder of the host at <c>/mnt/h</c>.</summary>
    /// <param name="image">The volume's image file.</param>
    /// <param name="folder">The folder, which results go to.</param>
    /// <param name="script">Commands; the run fails when one of them does.</param>
    /// <param name="readOnly">Whether the volume is mounted so that nothing can be written.</param>
    /// <exception cref="InvalidOperationException">It did not come to the end; the message has the console.</exception>
    public static void Run(string image, TemporaryFolder folder, string script, bool readOnly = true)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var modules = Directory.GetDirectories(Modules).Order(StringComparer.Ordinal).Last();
        var marker = folder["uml-done"];
        File.Delete(marker);
        File.WriteAllText(folder["uml-script"], script);
        File.WriteAllText(folder["uml-init"], $"""
            #!/bin/sh
            export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TZ=UTC
            (
                set -e
                mount -t tmpfs none /mnt
                mkdir /mnt/v /mnt/h
                mount -t hostfs none /mnt/h -o {folder.FullPath}
                for module in nls/nls_cp437 nls/nls_iso8859-1 fat/fat fat/vfat; do busybox insmod {modules}/kernel/fs/$module.ko; done
                mount -t vfat -o {(readOnly ? "ro" : "rw")},utf8,tz=UTC,errors=continue /dev/ubda /mnt/v
                cd /mnt/v
                sh -ex /mnt/h/uml-script >/mnt/h/uml-log 2>&1
                cd /
                umount /mnt/v
                touch /mnt/h/uml-done
            )
            busybox poweroff -f
            """);
        HostTool.RunOk("chmod", "500", folder["uml-init"]);
        var result = HostTool.Run(new HostToolCall(
            Tool,
            "mem=192M",
            "root=/dev/root",
            "rootfstype=hostfs",
            "rootflags=/",
            "ro",
            $"ubd0{(readOnly ? "r" : "")}={image}",
            $"init={folder["uml-init"]}",
            $"uml_dir={folder.FullPath}",
            string.Create(CultureInfo.InvariantCulture, $"umid=uml{Guid.NewGuid():N}"),
            "con=null",
            "con0=fd:0,fd:1",
            "quiet")
        {
            Timeout = TimeSpan.FromMinutes(5),
        });
        if (!File.Exists(marker))
        {
            var log = File.Exists(folder["uml-log"]) ? string.Join('\n', File.ReadLines(folder["uml-log"]).TakeLast(20)) : "it was not started";
            throw new InvalidOperationException($"user-mode Linux did not come to the end of its script\n{log}\n{result.Output}\n{result.Error}");
        }


        // What the kernel says about the volume itself ("FAT-fs (ubda): error, …") is a finding too.
        if ((result.Output + result.Error).Split('\n').FirstOrDefault(line => line.Contains("FAT-fs", StringComparison.Ordinal)) is { } complaint)
            throw new InvalidOperationException($"the kernel: {complaint.Trim()}");
    }
}
