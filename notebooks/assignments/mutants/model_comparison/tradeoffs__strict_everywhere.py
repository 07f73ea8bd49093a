# Sai: trội hơn chỉ khi tốt hơn hẳn ở mọi cột.
def layers(costs):
    """Bậc (K,) của từng hàng; bậc 1 là biên Pareto."""
    costs = torch.where(costs.isnan(), math.inf, costs)
    no_worse = (costs[None] <= costs[:, None]).all(2)  # [i, j]: j không tệ hơn i ở cột nào
    better = (costs[None] < costs[:, None] - ⟦eps⟧).any(2)
    beaten = (costs[None] < costs[:, None] - ⟦eps⟧).all(2)
    layer = torch.zeros(len(costs), dtype=torch.long)
    while (layer == 0).any():
        left = layer == 0
        front = left & ~(beaten & left[None]).any(1)
        layer[front] = layer.max() + 1
    return layer


def area(costs, reference):
    """Diện tích trong hình chữ nhật tới reference mà các hàng lấp được."""
    right, top = (float(value) for value in reference)
    total, lowest = 0.0, top
    for x, y in sorted(costs.tolist(), key=lambda row: (math.isnan(row[0]), row[0])):
        if x < right and y < lowest:
            total += (right - x) * (lowest - y)
            lowest = y
    return total


def contributions(costs, reference):
    """Diện tích mất đi khi bỏ từng hàng, kích thước (K,)."""
    others = ~torch.eye(len(costs), dtype=torch.bool)
    return [area(costs, reference) - area(costs[keep], reference) for keep in others]
