# Đúng: mỗi vị trí chỉ lấy phần đầu của dãy, không cần mặt nạ.
def causal_attention(q, k, v):
    rows = []
    for i in range(q.shape[1]):
        scores = torch.einsum("nd,njd->nj", q[:, i], k[:, : i + 1]) * q.shape[2] ** -0.5
        scores = scores - ⟦decay⟧ * torch.arange(i, -1, -1)
        rows.append(torch.einsum("nj,nje->ne", scores.softmax(1), v[:, : i + 1]))
    return torch.stack(rows, 1)
