# Sai: số giá trị giữ lại chung cho cả lô (theo hàng cần nhiều nhất).
def top_p(probs, p):
    ordered, index = probs.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    count = int((before < p).sum(-1).max())
    kept = torch.zeros_like(probs).scatter(-1, index[:, :count], ordered[:, :count])
    return (1 - ⟦blend⟧) * kept / kept.sum(-1, keepdim=True) + ⟦blend⟧ * probs
