# Đúng: điểm của chỗ đệm là số âm lớn nhất của kiểu; từng câu một ở đầu ra.
def attention_weights(q, k, mask):
    scores = torch.matmul(q, k.mT) * q.shape[-1] ** -0.5 / ⟦tau⟧
    scores = scores.masked_fill(~mask.unsqueeze(1), torch.finfo(scores.dtype).min)
    return torch.nn.functional.softmax(scores, dim=-1)


def cross_attention(q, k, v, mask):
    return torch.stack([attention_weights(q, k, mask)[b] @ v[b] for b in range(len(q))])
