# Sai: bỏ giá trị làm tổng vượt ngưỡng, tập giữ lại chưa đủ p.
def top_p(probs, p):
    ordered, index = probs.sort(-1, descending=True)
    keep = ordered.cumsum(-1) <= p
    keep[:, 0] = True
    kept = torch.zeros_like(probs).scatter(-1, index, ordered * keep)
    return (1 - ⟦blend⟧) * kept / kept.sum(-1, keepdim=True) + ⟦blend⟧ * probs
