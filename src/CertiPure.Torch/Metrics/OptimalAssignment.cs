namespace CertiPure.Torch.Metrics;

/// <summary>The cheapest one-to-one assignment of rows to columns, by shortest augmenting paths (Jonker and Volgenant 1987;
/// Crouse 2016): exact, in the cube of the number of rows.</summary>
public static class OptimalAssignment
{
    /// <summary>Solves the assignment problem.</summary>
    /// <param name="cost">A square matrix of finite costs, <c>[N,N]</c>.</param>
    /// <returns>For each row its column.</returns>
    /// <exception cref="ArgumentException">The matrix is not square, or a cost is not finite.</exception>
    public static int[] Solve(double[,] cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        int count = cost.GetLength(0);
        if (cost.GetLength(1) != count)
        {
            throw new ArgumentException($"The costs are {count}x{cost.GetLength(1)}, and must be square.", nameof(cost));
        }

        foreach (double value in cost)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException("Every cost must be finite.", nameof(cost));
            }
        }

        var rowPrice = new double[count];
        var columnPrice = new double[count];
        int[] columnOfRow = [.. Enumerable.Repeat(-1, count)];
        int[] rowOfColumn = [.. Enumerable.Repeat(-1, count)];
        for (int row = 0; row < count; row++)
        {
            Augment(cost, row, rowPrice, columnPrice, columnOfRow, rowOfColumn);
        }

        return columnOfRow;
    }

    /// <summary>Finds the cheapest path from a free row to a free column over reduced costs, and assigns along it.</summary>
    private static void Augment(
        double[,] cost, int start, double[] rowPrice, double[] columnPrice, int[] columnOfRow, int[] rowOfColumn)
    {
        int count = columnOfRow.Length;
        double[] distance = [.. Enumerable.Repeat(double.PositiveInfinity, count)];
        var previousRow = new int[count];
        var settled = new bool[count];
        var visitedRows = new List<int>();
        int row = start;
        double reached = 0;
        int end = -1;
        while (end < 0)
        {
            visitedRows.Add(row);
            int nearest = -1;
            for (int column = 0; column < count; column++)
            {
                if (settled[column])
                {
                    continue;
                }

                double through = reached + cost[row, column] - rowPrice[row] - columnPrice[column];
                if (through < distance[column])
                {
                    distance[column] = through;
                    previousRow[column] = row;
                }

                if (nearest < 0 || distance[column] < distance[nearest])
                {
                    nearest = column;
                }
            }

            reached = distance[nearest];
            settled[nearest] = true;
            if (rowOfColumn[nearest] < 0)
            {
                end = nearest;
            }
            else
            {
                row = rowOfColumn[nearest];
            }
        }

        foreach (int visited in visitedRows)
        {
            rowPrice[visited] += visited == start ? reached : reached - distance[columnOfRow[visited]];
        }

        for (int column = 0; column < count; column++)
        {
            if (settled[column])
            {
                columnPrice[column] -= reached - distance[column];
            }
        }

        for (int column = end; ;)
        {
            int assigned = previousRow[column];
            rowOfColumn[column] = assigned;
            (columnOfRow[assigned], column) = (column, columnOfRow[assigned]);
            if (assigned == start)
            {
                return;
            }
        }
    }
}
