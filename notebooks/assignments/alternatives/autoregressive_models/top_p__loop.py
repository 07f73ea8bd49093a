# Đúng: từng hàng, nhặt dần từ giá trị lớn nhất.
def top_p(probs, p):
    rows = []
    for row in probs:
        kept, mass = torch.zeros_like(row), 0.0
        for i in row.argsort(descending=True).tolist():
            kept[i] = row[i]
            mass += float(row[i])
            if mass >= p:
                break
        rows.append(torch.lerp(kept / kept.sum(), row, ⟦blend⟧))
    return torch.stack(rows)
