# Đúng: thuật toán Hungary tự viết.
def assign(cost):
    """Cột của từng hàng trong cách phân công rẻ nhất."""
    n = len(cost)
    row_price, column_price = [0.0] * (n + 1), [0.0] * (n + 1)
    owner = [0] * (n + 1)
    for i in range(1, n + 1):
        owner[0], j = i, 0
        slack, before, used = [math.inf] * (n + 1), [0] * (n + 1), [False] * (n + 1)
        while owner[j] != 0:
            used[j] = True
            row, delta, following = owner[j], math.inf, 0
            for k in range(1, n + 1):
                if used[k]:
                    continue
                value = cost[row - 1][k - 1] - row_price[row] - column_price[k]
                if value < slack[k]:
                    slack[k], before[k] = value, j
                if slack[k] < delta:
                    delta, following = slack[k], k
            for k in range(n + 1):
                if used[k]:
                    row_price[owner[k]] += delta
                    column_price[k] -= delta
                else:
                    slack[k] -= delta
            j = following
        while j:
            owner[j] = owner[before[j]]
            j = before[j]
    columns = [0] * n
    for k in range(1, n + 1):
        columns[owner[k] - 1] = k - 1
    return columns


def ot_order(x0, x1, block):
    order = []
    for start in range(0, len(x0), block):
        a, b = x0[start : start + block].double(), x1[start : start + block].double()
        cost = [[float((b[i] - a[k]).square().sum()) ** (⟦power⟧ / 2) for k in range(len(a))] for i in range(len(a))]
        order += [start + k for k in assign(cost)]
    return order


def transport_cost(x0, x1, order):
    chosen = torch.as_tensor(order)
    return float((((x1 - x0[chosen]) ** 2).sum(1) ** (⟦power⟧ / 2)).sum()) / len(x1)
