# Sai: trả về theo thứ tự đã sắp xếp, các giá trị lạc khỏi chỗ cũ.
def top_p(probs, p):
    ordered, _ = probs.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = ordered * (before < p)
    return (1 - ⟦blend⟧) * kept / kept.sum(-1, keepdim=True) + ⟦blend⟧ * probs
