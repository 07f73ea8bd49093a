# Sai: nhầm dấu của khoảng cách, vị trí xa lại được ưu tiên.
def causal_attention(q, k, v):
    T = q.shape[1]
    place = torch.arange(T)
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2]) - ⟦decay⟧ * (place - place[:, None])
    later = torch.ones(T, T).triu(1).bool()
    return scores.masked_fill(later, -math.inf).softmax(-1) @ v
