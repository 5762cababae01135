namespace EtchStream.Differential.Tests.Engine;

/// <summary>Where our layers differ from an engine's on purpose: the test image, and what the lines of the comparison begin with.</summary>
internal static class PackedDifferences
{
    private const string Lines = "tar-split line ";
    private const string Content = "tar-split content ";

    /// <summary>By the image's name. A test fails when one of these is no difference any more.</summary>
    public static IReadOnlyDictionary<string, string[]> All { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        // The engine loses it by the change of owner that the link's entry makes.
        ["capability on the target only"] = ["diff/a: xattr security.capability should not be there", "diff/h: xattr security.capability should not be there"],

        // The engine turns these into 1970; the file system holds them.
        ["times before 1970"] = ["diff/a: mtime ", "diff/b: mtime ", "diff/d: mtime "],
        ["times after 2262"] = ["diff/a: mtime ", "diff/b: mtime ", "diff/c: mtime "],

        // The kernel's inheritance of default ACLs is not imitated.
        ["a default access control list that children inherit"] = ["diff/p/"],

        // The engine cannot put these layers together again; ours are kept so that it can.
        ["PAX GNU sparse 1.0"] = [Content, Lines],
        ["PAX GNU sparse 0.1"] = [Content, Lines],
        ["hard link with a size"] = [Content, Lines],
        ["opaque marker with content"] = [Content, Lines],
        ["names that aufs uses, with content"] = [Content, Lines],
        ["whiteout with content"] = [Content, Lines],
        ["parent is an absolute symlink"] = [Content, Lines],
        ["parent is a symlink out of the root"] = [Content, Lines],
        ["dot-dot out of the root, absolute"] = [Content, Lines],
        ["root entry that is a file"] = [Content, Lines],

        // The same bytes, cut in other places: a global header gets no record of its own, a name that was recorded before neither.
        ["global header of comments"] = [Lines],
        ["global header that would change entries"] = [Lines],
        ["global header with a path"] = [Lines],
        ["folder over a symlink by its absolute name"] = [Lines],
        ["folder over a folder by its absolute name"] = [Lines],
        ["folder over a file by its absolute name"] = [Lines],
        ["folder over an opaque folder by its absolute name"] = [Lines],
        ["hard link over a file by its absolute name"] = [Lines],
    };
}
