# Sai: đặt điểm của tương lai bằng 0 thay vì trừ vô cùng.
def causal_attention(q, k, v):
    T = q.shape[1]
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    place = torch.arange(T)
    scores = scores - ⟦decay⟧ * (place[:, None] - place)
    return (scores * torch.ones(T, T, dtype=q.dtype).tril()).softmax(-1) @ v
