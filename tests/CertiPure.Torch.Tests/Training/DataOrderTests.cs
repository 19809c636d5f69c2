using CertiPure.Torch.Training.Data;

namespace CertiPure.Torch.Tests.Training;

public sealed class DataOrderTests
{
    [Fact]
    public void Every_epoch_has_every_image_once_in_an_order_of_its_own()
    {
        var order = new DataOrder(7, 50);
        long[] first = order.Ids(0, 50), second = order.Ids(50, 50);
        Assert.Equal(Enumerable.Range(0, 50).Select(id => (long)id), first.Order());
        Assert.Equal(Enumerable.Range(0, 50).Select(id => (long)id), second.Order());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_position_is_the_same_whatever_was_asked_before()
    {
        long[] together = new DataOrder(7, 50).Ids(0, 400);
        Assert.Equal(together[335..345], new DataOrder(7, 50).Ids(335, 10));
        Assert.NotEqual(together, new DataOrder(8, 50).Ids(0, 400));
    }
}
