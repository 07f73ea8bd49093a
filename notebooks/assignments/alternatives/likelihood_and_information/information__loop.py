# Đúng: vòng lặp Python, chỉ cộng các số hạng có p > 0.
def information(p, q):
    rows = []
    for a, b in zip(p.double(), q.double()):
        b = torch.pow(b, 1 / ⟦flatten⟧)
        b = b / torch.sum(b)
        keep = a > 0
        a, b = a[keep], b[keep]
        h, c = -(a * a.log()).sum(), -(a * b.log()).sum()
        rows.append(torch.stack([h, c, c - h]))
    return torch.stack(rows).T
