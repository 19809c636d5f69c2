using CertiPure.Images;
using CertiPure.Recipes.Catalog.Forms;

namespace CertiPure.Recipes.Tests.Catalog.Forms;

public sealed class FolderFormTests
{
    [Fact]
    public void A_folder_per_class_is_read_in_the_order_of_names_with_the_folders_inside()
    {
        using var set = new SetFolder();
        set.Put("pictures/3.png", "bee/z.png");
        set.Put("pictures/2.png", "bee/inner/deep/a.png");
        set.Put("pictures/0.png", "ant/10.png");
        set.Put("pictures/1.png", "ant/9.png");

        OwnPictures found = set.Open();

        Assert.Equal(["ant", "bee"], found.ClassNames);
        Assert.Equal(["ant/10.png", "ant/9.png", "bee/z.png", "bee/inner/deep/a.png"], Enumerable.Range(0, 4).Select(id => found.Read(id).File));
        Assert.Equal([0, 0, 1, 1], Enumerable.Range(0, 4).Select(id => found.Read(id).Label!.Value));
        Assert.Equal(SetFolder.Pixels(3), found.Read(2).Bytes.ToArray());
        Assert.Equal("4 images of 2 classes of 8x8 pixels", found.Summary);
    }

    [Theory]
    [InlineData(null, false, "test")]
    [InlineData(null, true, "train")]
    [InlineData("val", true, "val")]
    public void A_parent_of_train_val_and_test_has_splits(string? split, bool forTraining, string taken)
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "train/ant/0.png");
        set.Put("pictures/1.png", "val/ant/1.png");
        set.Put("pictures/2.png", "test/ant/2.png");

        OwnPictures found = set.Open(new PictureOptions { Split = split, ForTraining = forTraining });

        Assert.Equal(taken, found.Split);
        Assert.Equal(SetFolder.Pixels(taken switch { "train" => 0, "val" => 1, _ => 2 }), found.Read(0).Bytes.ToArray());
    }

    [Fact]
    public void A_split_that_is_not_there_is_refused_with_those_that_are()
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "train/ant/0.png");
        set.Put("pictures/1.png", "val/ant/1.png");

        Assert.Contains("has no split 'test'; choose train or val", set.Refusal(new PictureOptions { Split = "test" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flat_folder_has_no_labels_and_keeps_its_file_names()
    {
        using var set = new SetFolder();
        set.Put("pictures/1.png", "b.png");
        set.Put("pictures/0.png", "a.png");

        OwnPictures found = set.Open();

        Assert.Empty(found.ClassNames);
        Assert.Null(found.Read(0).Label);
        Assert.Equal(["a.png", "b.png"], [found.Read(0).File, found.Read(1).File]);
        Assert.Equal("2 images without labels of 8x8 pixels", found.Summary);
        Assert.Contains("has no splits", set.Refusal(new PictureOptions { Split = "test" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file,label\na.png,1\nb.png,0\n", "0,1", 1, 0)]
    [InlineData("a.png,bee\nb.png,ant\n", "ant,bee", 1, 0)]
    [InlineData("Label;Image\n\"yellow; bee\";a.png\nant;b.png\n", "ant,yellow; bee", 1, 0)]
    [InlineData("id\tclass\na\tx\nb\ty\n", "x,y", 0, 1)]
    public void A_table_beside_a_flat_folder_labels_it(string table, string classes, int first, int second)
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "a.png");
        set.Put("pictures/1.png", "b.png");
        set.Write("labels.csv", table);

        OwnPictures found = set.Open();

        Assert.Equal(classes.Split(','), found.ClassNames);
        Assert.Equal([first, second], [found.Read(0).Label!.Value, found.Read(1).Label!.Value]);
    }

    [Fact]
    public void A_table_elsewhere_can_be_named()
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "photos/a.png");
        string table = set.Write("elsewhere.csv", "a.png,ant\n");

        OwnPictures found = OwnPictures.Open(Path.Combine(set.Path, "photos"), new PictureOptions { LabelsFile = table });

        Assert.Equal(["ant"], found.ClassNames);
    }

    [Fact]
    public void What_a_table_does_not_name_and_what_it_names_in_vain_is_counted()
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "a.png");
        set.Put("pictures/1.png", "b.png");
        set.Write("labels.csv", "a.png,0\nc.png,0\n");

        Assert.Equal(
            "1 image of 1 class of 8x8 pixels; 2 files left out: 1 without a label in labels.csv (b.png), 1 in labels.csv that do not exist (c.png)",
            set.Open().Summary);
    }

    [Theory]
    [InlineData("a.png,0\na.png,1\n", "an earlier one gave it '0'")]
    [InlineData("a.png,0\nb.png\n", "Line 2")]
    [InlineData("x.png,0\ny.png,1\n", "names none of the pictures")]
    [InlineData("", "is empty")]
    [InlineData("a.png,99999999\n", "number the classes from 0")]
    [InlineData("a.png,\"0\nb.png,1\n", "cannot be read as a table")]
    public void A_wrong_table_is_refused_with_its_line(string table, string reason)
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "a.png");
        set.Put("pictures/1.png", "b.png");
        set.Write("labels.csv", table);

        Assert.Contains(reason, set.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_left_out_is_said_by_kind()
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "bus/0.png");
        set.Put("pictures/1.png", "bus/without-extension");
        set.Write("bus/7.jpg", "not a picture");
        set.Write("bus/8.heic", "ftyp");
        set.Write("bus/notes.txt", "notes");
        set.Write("bus/.DS_Store", "system");

        Assert.Equal(
            "2 images of 1 class of 8x8 pixels; 3 files left out: 1 .heic, 1 .txt, 1 that cannot be decoded (bus/7.jpg)",
            set.Open().Summary);
        Assert.Contains("1 .heic", set.Refusal(new PictureOptions { Strict = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_pictures_says_what_is_in_it()
    {
        using var set = new SetFolder();
        set.Write("a.heic", "ftyp");

        Assert.Contains("holds no pictures (left out: 1 .heic)", set.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_beside_folders_of_pictures_are_refused()
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "a.png");
        set.Put("pictures/1.png", "bee/b.png");

        Assert.Contains("both pictures and folders of pictures", set.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_sizes_are_refused_with_their_numbers_unless_they_are_resized()
    {
        using var set = new SetFolder();
        set.Paint("a.png", 40, 30);
        set.Paint("b.png", 64, 64);
        set.Paint("c.png", 64, 64);

        Assert.Contains("2 sizes (2 of 64x64, 1 of 40x30)", set.Refusal(), StringComparison.Ordinal);
        OwnPictures found = set.Open(new PictureOptions { Preparation = new PicturePreparation(24, 16) });
        Assert.Equal((3, 16, 16), (found.Shape.Channels, found.Shape.Height, found.Shape.Width));
        Assert.Equal("3 images without labels in 2 sizes (resize 24, crop 16, bilinear)", found.Summary);
    }

    [Fact]
    public void A_square_larger_than_a_picture_is_refused_by_the_pictures_name()
    {
        using var set = new SetFolder();
        set.Paint("small.png", 40, 30);

        Assert.Contains("small.png has 40 x 30 pixels", set.Refusal(new PictureOptions { Preparation = new PicturePreparation(Crop: 32) }), StringComparison.Ordinal);
        Assert.Contains("0 pixels", set.Refusal(new PictureOptions { Preparation = new PicturePreparation(0) }), StringComparison.Ordinal);
    }

    [Fact]
    public void Grey_pictures_among_coloured_ones_get_three_channels()
    {
        using var set = new SetFolder();
        set.Paint("a.png", 8, 8, channels: 1);
        set.Paint("b.png", 8, 8);

        OwnPictures found = set.Open();

        Assert.Equal(3, found.Shape.Channels);
        Assert.Equal(Enumerable.Repeat((byte)200, 192), found.Read(0).Bytes.ToArray());
        Assert.Contains("1 grey given three channels", found.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Coloured_pictures_among_grey_ones_become_luma()
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "a.png");
        set.Paint("b.png", 8, 8, channels: 1);
        set.Paint("c.png", 8, 8, channels: 1);

        OwnPictures found = set.Open();

        byte[] colour = SetFolder.Pixels(0);
        Assert.Equal(
            Enumerable.Range(0, 64).Select(i => (byte)(((colour[i] * 19595) + (colour[64 + i] * 38470) + (colour[128 + i] * 7471) + 32768) >> 16)),
            found.Read(0).Bytes.ToArray());
        Assert.Contains("1 coloured turned grey", found.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_is_that_of_the_prepared_pixels_in_order()
    {
        using var set = new SetFolder();
        set.Put("pictures/0.png", "a.png");
        set.Put("pictures/1.png", "b.png");

        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. SetFolder.Pixels(0), .. SetFolder.Pixels(1)])),
            set.Open().PixelSha256);
    }
}
