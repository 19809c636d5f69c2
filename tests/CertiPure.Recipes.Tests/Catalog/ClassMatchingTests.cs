using CertiPure.Images;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Tests.Catalog;

public sealed class ClassMatchingTests
{
    [Fact]
    public void Fewer_classes_are_matched_by_name_whatever_their_case_and_hyphens()
    {
        IImageSource matched = ClassMatching.Match(Set("school-bus", "ant"), 4, ["Ant", "bee", "cat", "school_bus"]);

        Assert.Equal([3, 0], [matched.Read(0).Label!.Value, matched.Read(1).Label!.Value]);
        Assert.Equal(["Ant", "bee", "cat", "school_bus"], matched.ClassNames);
    }

    [Fact]
    public void The_same_classes_in_another_order_are_matched_by_name() =>
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(id => ClassMatching.Match(Set("a", "b"), 2, ["b", "a"]).Read(id).Label!.Value));

    [Fact]
    public void Numbered_classes_keep_their_numbers_and_get_the_names()
    {
        IImageSource matched = ClassMatching.Match(Set("0", "1"), 3, ["ant", "bee", "cat"]);

        Assert.Equal(1, matched.Read(1).Label);
        Assert.Equal("bee", matched.ClassNames[1]);
        Assert.Equal(["0", "1", "2"], ClassMatching.Match(Set("0", "1"), 3, []).ClassNames);
    }

    [Fact]
    public void Images_without_labels_get_the_names_alone()
    {
        var set = new ImageSet("x", null, new ImageShape(1, 1, 1), new byte[2], null, []);

        IImageSource matched = ClassMatching.Match(set, 2, ["ant", "bee"]);

        Assert.Null(matched.Read(0).Label);
        Assert.Equal(["ant", "bee"], matched.ClassNames);
    }

    [Fact]
    public void Fewer_classes_without_names_ask_for_them()
    {
        var error = Assert.Throws<CertiPureException>(() => ClassMatching.Match(Set("a", "b"), 3, []));

        Assert.Equal(ErrorReason.ClassNamesMissing, error.Reason);
    }

    [Fact]
    public void A_class_that_the_classifier_does_not_know_is_named() =>
        Assert.Contains(
            "has the class eel",
            Assert.Throws<CertiPureException>(() => ClassMatching.Match(Set("ant", "eel"), 3, ["ant", "bee", "cat"])).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("ant\nbee\n", "ant,bee")]
    [InlineData("[\"ant\", \"bee, small\"]", "ant,bee, small")]
    public void Names_are_read_from_lines_and_from_json(string text, string names)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, text);

        Assert.Equal(names, string.Join(",", ClassMatching.ReadNames(path)));
        File.WriteAllText(path, "ant\nANT\n");
        Assert.Contains("two classes", Assert.Throws<CertiPureException>(() => ClassMatching.ReadNames(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    private static ImageSet Set(params string[] classes) =>
        new("x", null, new ImageShape(1, 1, 1), new byte[classes.Length], [.. Enumerable.Range(0, classes.Length).Select(i => (byte)i)], classes);
}
