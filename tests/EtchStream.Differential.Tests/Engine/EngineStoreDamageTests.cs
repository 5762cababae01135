using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>The comparison of stores notices every kind of damage, says where it is, and says nothing where there is none.</summary>
[Collection(EngineCollection.Name)]
public sealed class EngineStoreDamageTests(EngineFixture fixture)
{
    public static TheoryData<string, string> Damages => new()
    {
        { "a byte of a file", "A: diff/d/file: content differs" },
        { "the mode of a file", "A: diff/d/file: mode should be 4755, is 755" },
        { "the owner of a file", "A: diff/d/file: user should be 1000, is 0" },
        { "the time of a file", "A: diff/d/file: mtime should be 1700000000.000000000, is 1700000001.000000000" },
        { "the time of a listed folder", "A: diff/d: mtime should be 7.000000000, is 8.000000000" },
        { "an xattr", "A: diff/with-xattr: xattr user.a is missing" },
        { "a hard link", "A: diff/d/link: link count should be 2, is 1" },
        { "a device number", "A: diff/null: device should be (1, 3), is (1, 5)" },
        { "a symlink's target", "A: diff/symlink: link target should be d/file, is d/filf" },
        { "an extra file", "A: diff/extra: should not be there (File)" },
        { "an extra whiteout", "B: diff/extra: should not be there (CharacterDevice)" },
        { "a missing whiteout", "B: diff/symlink: is missing" },
        { "a whiteout that is a file", "B: diff/symlink: is a File, not a CharacterDevice" },
        { "a folder that is not opaque", "C: diff/d: xattr trusted.overlay.opaque is missing" },
        { "the mode of diff", "A: diff/: mode should be 755, is 700" },
        { "a missing diff", "A: diff is missing" },
        { "the order of lower", "overlay2/(C)/lower: names should be l/(B) : l/(A), is l/(A) : l/(B)" },
        { "a short lower", "overlay2/(C)/lower: names should be l/(B) : l/(A), is l/(B)" },
        { "a line end in lower", "overlay2/(B)/lower: names should be l/(A), is l/(no layer)" },
        { "a base with a lower", "overlay2/(A)/lower should not be there (File 644 0:0)" },
        { "no link", "overlay2/l/(B) is missing" },
        { "a link to nowhere", "overlay2/l/(B): leads to should be ../(B)/diff, is ../(no layer)/diff" },
        { "a link to another layer", "overlay2/l/(B): leads to should be ../(B)/diff, is ../(A)/diff" },
        { "a link that is a folder", "overlay2/l/(B) should be SymbolicLink 777 0:0, is Directory 755 0:0" },
        { "a link of no layer", "overlay2/l/(of no layer) should not be there (1)" },
        { "a link that is too long", "overlay2/(B)/link: names should be B, of the right form, is B, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' is not of the right form" },
        { "a folder of no layer", "overlay2/(of no layer) should not be there (1)" },
        { "no committed", "overlay2/(A)/committed is missing" },
        { "a committed too many", "overlay2/(C)/committed should not be there (File 600 0:0)" },
        { "committed with content", "overlay2/(A)/committed: content should be , is x" },
        { "no work", "overlay2/(B)/work is missing" },
        { "something in work", "overlay2/(B)/work/work should not be there (Directory 755 0:0)" },
        { "the mode of work", "overlay2/(B)/work should be Directory 700 0:0, is Directory 755 0:0" },
        { "the mode of a layer's folder", "overlay2/(A) should be Directory 710 0:0, is Directory 755 0:0" },
        { "the mode of overlay2", "overlay2 should be Directory 710 0:0, is Directory 755 0:0" },
        { "the mode of l", "overlay2/l should be Directory 700 0:0, is Directory 755 0:0" },
        { "the mode of image", "image should be Directory 700 0:0, is Directory 755 0:0" },
        { "the mode of the data root", "data root should be Directory 710 0:0, is Directory 755 0:0" },
        { "the owner of link", "overlay2/(A)/link should be File 644 0:0, is File 644 0:7" },
        { "size", "image/overlay2/layerdb/sha256/A/size: content should be 24, is 23" },
        { "diff ID without its algorithm", "image/overlay2/layerdb/sha256/A/diff: content should be " },
        { "no parent", "image/overlay2/layerdb/sha256/B/parent is missing" },
        { "a wrong parent", "image/overlay2/layerdb/sha256/C/parent: content should be " },
        { "cache ID with a line end", "image/overlay2/layerdb/sha256/A/cache-id: names should be A, of the right form, is " },
        { "two layers with one cache ID", "image/overlay2/layerdb/sha256/B/cache-id: names should be B, of the right form, is A" },
        { "the mode of size", "image/overlay2/layerdb/sha256/A/size should be File 644 0:0, is File 600 0:0" },
        { "no layer", "A: the layer is missing" },
        { "no tar-split", "A: tar-split is missing" },
        { "tar-split that is not gzip", "A: tar-split should not be there (broken" },
        { "a byte in a tar-split segment", "A: tar-split content 0 should be " },
        { "a checksum in tar-split", "A: tar-split content 1 should be file d/file, 17 bytes, CRC " },
        { "a name of no content in tar-split", "A: tar-split line 1 should be {\"type\":1,\"name\":\"d\"" },
        { "a position in tar-split", "A: tar-split line 1 should be {\"type\":1,\"name\":\"d\"" },
        { "a record less in tar-split", "A: tar-split content 0 should be " },
        { "the end in tar-split", "A: tar-split content 4 should be " },
        { "the spelling of JSON in tar-split", "A: tar-split line 1 should be {\"type\":1,\"name\":\"d\",\"payload\":null,\"position\":1}, is {\"type\":1, " },
        { "a byte of the config", "image/overlay2/imagedb/content/sha256/I: content should be " },
        { "the mode of the config", "image/overlay2/imagedb/content/sha256/I should be File 600 0:0, is File 644 0:0" },
        { "no repositories.json", "image/overlay2/repositories.json is missing" },
        { "no digest in repositories.json", "image/overlay2/repositories.json: has /Repositories/R/R@M = \"sha256:I\" is missing" },
        { "an image too many in repositories.json", "image/overlay2/repositories.json: has /Repositories/R/R:x = \"sha256:I\" should not be there (yes)" },
        { "broken repositories.json", "image/overlay2/repositories.json: has broken: " },
        { "no blob of a layer", "image/overlay2/distribution/diffid-by-digest/sha256/F is missing" },
        { "no repository of a layer", "image/overlay2/distribution/v2metadata-by-diffid/sha256/A: has [] = " },
        { "an extra file beside the images", "image/overlay2/extra should not be there (File 644 0:0)" },
    };

    [ToolTheory("dockerd", "docker-registry", "setfattr", RequiresRoot = true)]
    [MemberData(nameof(Damages))]
    public async Task A_damage_is_reported(string damage, string expected)
    {
        var small = await fixture.SmallAsync();
        var copy = new StoreCopy(small);
        try
        {
            copy.Damage(damage);
            var lines = EngineStoreComparison.Compare(copy.Root, small.Root).Select(copy.Abbreviate).ToArray();
            Assert.True(lines.Any(line => line.StartsWith(expected, StringComparison.Ordinal)), $"{damage}: expected\n{expected}\namong\n{string.Join('\n', lines)}");
        }
        finally
        {
            HostTool.RunOk("rm", "-rf", "--", copy.Root);
        }
    }

    [ToolFact("dockerd", "docker-registry", RequiresRoot = true)]
    public async Task A_copy_with_other_random_names_and_another_order_of_JSON_is_no_difference()
    {
        var small = await fixture.SmallAsync();
        var copy = new StoreCopy(small);
        copy.RenameAll();
        Assert.NotEqual(EngineStore.Read(small.Root).Layers.Values.Select(layer => layer.CacheId), EngineStore.Read(copy.Root).Layers.Values.Select(layer => layer.CacheId));
        Nothing.Wrong("differences", [.. EngineStoreComparison.Compare(copy.Root, small.Root)]);
        Nothing.Wrong("layers that are not replayed", [.. EngineStore.Read(copy.Root).NotReplayed()]);

        // And an engine takes it.
        await using var engine = await DockerEngine.StartAsync(copy.Root);
        using var folder = new TemporaryFolder();
        engine.Docker("save", "-o", folder["image.tar"], small.Image.ByTag);
    }

    [ToolTheory("dockerd", "docker-registry", "setfattr", RequiresRoot = true)]
    [InlineData("a byte of a file", "the tar comes out as sha256:")]
    [InlineData("an extra byte in a file", "d/file has 18 bytes where 17 are recorded")]
    [InlineData("no file", "open d/file: No such file or directory")]
    [InlineData("a byte in a tar-split segment", "the tar comes out as sha256:")]
    [InlineData("no tar-split", "no tar-split")]
    public async Task A_replay_that_gives_another_tar_is_reported(string damage, string expected)
    {
        var small = await fixture.SmallAsync();
        var copy = new StoreCopy(small);
        copy.Damage(damage);
        Assert.Equal([$"A: {expected}"], EngineStore.Read(copy.Root).NotReplayed().Select(copy.Abbreviate).Select(line => line[..Math.Min(line.Length, expected.Length + 3)]));
    }
}
