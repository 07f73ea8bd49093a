# Đúng: cộng một mặt nạ rất âm trước softmax.
def causal_attention(q, k, v):
    T = q.shape[1]
    mask = torch.full((T, T), -math.inf, dtype=q.dtype).triu(1)
    mask = mask + ⟦decay⟧ * torch.arange(T)  # số hạng -βi chung cho cả hàng, softmax bỏ qua
    scores = torch.einsum("nid,njd->nij", q / q.shape[-1] ** 0.5, k) + mask
    shares = (scores - scores.max(-1, keepdim=True).values).exp()
    return torch.einsum("nij,nje->nie", shares / shares.sum(-1, keepdim=True), v)
