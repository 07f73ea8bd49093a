# Đúng: dây trội dài nhất; diện tích theo từng dải dọc.
from functools import lru_cache


def layers(costs):
    rows = [tuple(math.inf if math.isnan(v) else v for v in row) for row in costs.tolist()]

    def beats(one, two):
        pairs = list(zip(one, two))
        return all(a <= b for a, b in pairs) and any(b - a > ⟦eps⟧ for a, b in pairs)

    @lru_cache(None)
    def depth(row):  # độ dài của dây dài nhất gồm những hàng trội dần
        return 1 + max((depth(other) for other in rows if beats(other, row)), default=0)

    return [depth(row) for row in rows]


def area(costs, reference):
    right, top = reference.tolist()
    rows = [(x, y) for x, y in costs.tolist() if x <= right and y <= top]
    edges = sorted({x for x, _ in rows} | {right})
    total = 0.0
    for start, stop in zip(edges, edges[1:]):
        reached = [y for x, y in rows if x <= start]
        if reached:
            total += (stop - start) * (top - min(reached))
    return total


def contributions(costs, reference):
    whole = area(costs, reference)
    keep = range(len(costs))
    return [whole - area(costs[[j for j in keep if j != k]], reference) for k in keep]
