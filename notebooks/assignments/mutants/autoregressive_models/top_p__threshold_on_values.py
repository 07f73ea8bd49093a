# Sai: giữ các giá trị có xác suất lớn hơn một ngưỡng, lẫn với tổng tích lũy.
def top_p(probs, p):
    kept = probs * (probs >= (1 - p) * probs.max(-1, keepdim=True).values)
    return (1 - ⟦blend⟧) * kept / kept.sum(-1, keepdim=True) + ⟦blend⟧ * probs
