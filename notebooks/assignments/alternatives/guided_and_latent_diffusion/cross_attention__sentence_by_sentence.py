# Đúng: từng câu một, bỏ hẳn chỗ đệm.
def attention_weights(q, k, mask):
    weights = torch.zeros(len(q), q.shape[1], k.shape[1], dtype=q.dtype)
    for b in range(len(q)):
        real = mask[b].nonzero().flatten()
        weights[b][:, real] = torch.softmax(q[b] @ k[b, real].T / math.sqrt(⟦tau⟧**2 * q.shape[2]), 1)
    return weights


def cross_attention(q, k, v, mask):
    outputs = []
    for b in range(len(q)):
        real = mask[b]
        scores = q[b] @ k[b][real].T / math.sqrt(⟦tau⟧**2 * q.shape[2])
        outputs.append(torch.softmax(scores, -1) @ v[b][real])
    return torch.stack(outputs)
