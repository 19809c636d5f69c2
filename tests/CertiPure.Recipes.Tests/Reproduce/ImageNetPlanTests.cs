using CertiPure.Recipes.Reproduce;

namespace CertiPure.Recipes.Tests.Reproduce;

public sealed class ImageNetPlanTests
{
    [Fact]
    public void Every_draw_costs_one_purification_and_one_classification()
    {
        ReproductionEstimate plan = ImageNetPlan.Of(purifications: 2, classifications: 4, "");
        Assert.Equal(3, plan.Rows.Count);
        Assert.Equal(3 * 500 * 10_100, plan.Draws);
        Assert.Equal(2 * plan.Draws, plan.ForwardPasses);
        Assert.Equal(plan.Draws * 0.75 / 3600, plan.Hours, 9);
    }
}
