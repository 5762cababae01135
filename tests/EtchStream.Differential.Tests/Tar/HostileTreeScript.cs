using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Tar;

/// <summary>Makes a tree of all that tar formats disagree about.</summary>
internal static class HostileTreeScript
{
    /// <summary>What every format holds: names up to 255 bytes, devices, links, odd modes.</summary>
    private const string Common = """
        set -e
        mkdir -p dir/sub 'space dir'
        printf 'hello' > dir/plain; : > dir/empty; head -c 512 /dev/zero | tr '\0' x > dir/block; head -c 70000 /dev/urandom > dir/big
        ln -s plain dir/link; ln -s ../nowhere/at/all dir/dangling
        ln dir/plain dir/hard; ln dir/plain zz-hard-again
        mknod c c 1 3; mknod b b 7 200; mkfifo p; chmod 0 c; chmod 4755 dir/big; chmod 2775 dir/sub; chmod 1777 'space dir'
        chown 1234:4321 dir/plain; chown 65534:65534 dir/sub
        touch "$(printf 'new\nline')" 'back\slash' 'quote"' -- '-dash'
        printf 'x' > "$(printf 'gr\303\274n')"
        printf 'y' > "$(printf 'raw\377\376name')"
        find . -exec touch -h -d '2020-02-02T02:02:02Z' {} +
        """;

    /// <summary>What GNU and PAX hold beyond ustar: long names, large numbers.</summary>
    private const string Long = """
        n255=$(printf 'n%.0s' {1..255}); printf 'long' > "$n255"; ln -s "$n255" longlink
        mkdir "$n255.d" 2>/dev/null || mkdir "${n255:0:250}.d"; d="${n255:0:250}.d"; cd "$d"
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do mkdir "$d"; cd "$d"; done; printf 'deep' > leaf; cd "$OLDPWD" || true
        cd "$TOP"; ln -s "$(printf 't%.0s' {1..3000})" target3000
        n=$(printf '\377%.0s' {1..200}); printf 'raw' > "$n"
        printf 'own' > owned; chown 4000000000:3000000 owned
        find . -exec touch -h -d '2020-02-02T02:02:02Z' {} +
        printf 'old' > before; touch -d '1960-05-05T05:05:05Z' before
        printf 'late' > late; touch -d '2400-05-05T05:05:05Z' late
        """;

    private const string Sparse = """
        truncate -s 1M hole; truncate -s 3M middle; printf 'data' | dd of=middle bs=1 seek=1000000 conv=notrunc status=none
        printf 'start' > tail; truncate -s 2M tail
        truncate -s 9G nine; printf 'end' | dd of=nine bs=1M seek=9215 conv=notrunc status=none
        truncate -s 4M many; for i in $(seq 0 2 99); do printf "block $i" | dd of=many bs=32768 seek=$i conv=notrunc status=none; done
        touch -d '2020-02-02T02:02:02Z' hole middle tail nine many
        """;

    /// <summary>What only PAX holds: attributes, ACLs, fractions of seconds.</summary>
    private const string Attributes = """
        printf 'x' > attrs; setfattr -n user.text -v value attrs; setfattr -n user.empty attrs; setfattr -n user.binary -v 0x000aff3d8000 attrs
        setfattr -n 'user.a=b%c' -v 1 attrs; setfattr -n trusted.overlay.opaque -v y dir; setfattr -n user.large -v "$(printf 'v%.0s' {1..3000})" attrs
        cp /bin/true capable; setcap cap_net_raw,cap_net_admin+ep capable
        printf 'acl' > acl; setfacl -m u:1234:rw,g:4321:r acl; setfacl -d -m u:77:rwx dir/sub
        touch -d '2021-01-01T01:01:01.123456789Z' attrs; touch -d '1965-01-01T01:01:01.25Z' capable
        touch -d '2020-02-02T02:02:02.5Z' dir dir/sub
        """;

    public static void MakeCommon(string root) => Run(root, Common);

    public static void MakeLong(string root) => Run(root, Common + "\n" + Long);

    public static void MakeSparse(string root) => Run(root, Sparse);

    public static void MakeAll(string root) => Run(root, Common + "\n" + Long + "\n" + Sparse + "\n" + Attributes);

    private static void Run(string root, string script) =>
        HostTool.Run(new HostToolCall("bash", "-c", script.Replace("\r", "", StringComparison.Ordinal))
        {
            WorkingDirectory = root,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TOP"] = root },
        }).Succeeded();
}
