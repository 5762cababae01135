using System.Text;
using EtchStream.Pack.Layers;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

public sealed class WhiteoutNameTests
{
    [Theory]
    [InlineData(".wh.a", "a")]
    [InlineData(".wh.", "")]
    [InlineData(".wh..", ".")]
    [InlineData(".wh..hidden", ".hidden")]
    [InlineData(".wh..wh.plnk", ".wh.plnk")]
    [InlineData(".wh..wh..opq", ".wh..opq")]
    public void A_mark_hides_what_stands_behind_its_prefix(string mark, string hidden)
    {
        Assert.True(WhiteoutName.IsMark(Encoding.UTF8.GetBytes(mark)));
        Assert.Equal(hidden, Encoding.UTF8.GetString(WhiteoutName.Hidden(Encoding.UTF8.GetBytes(mark))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData(".wh")]
    [InlineData("wh.a")]
    [InlineData(".WH.a")]
    [InlineData("a.wh.b")]
    public void Other_names_are_no_marks(string name) => Assert.False(WhiteoutName.IsMark(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData(".wh..wh..opq", true)]
    [InlineData(".wh..opq", false)]
    [InlineData(".wh..wh..opq2", false)]
    [InlineData(".wh..wh..op", false)]
    [InlineData(".wh..wh.aufs", false)]
    public void Only_one_name_hides_a_whole_folder(string name, bool expected) => Assert.Equal(expected, WhiteoutName.IsOpaque(Encoding.UTF8.GetBytes(name)));
}
