# Sai: che sau softmax rồi chuẩn hóa lại, chia 0 cho 0 khi điểm bị che rất lớn.
def causal_attention(q, k, v):
    T = q.shape[1]
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    place = torch.arange(T)
    scores = scores - ⟦decay⟧ * (place[:, None] - place)
    shares = scores.softmax(-1) * torch.ones(T, T, dtype=q.dtype).tril()
    return (shares / shares.sum(-1, keepdim=True)) @ v
