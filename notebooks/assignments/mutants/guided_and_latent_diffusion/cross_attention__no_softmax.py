# Sai: chia cho tổng, không lũy thừa.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / (⟦tau⟧ * math.sqrt(q.shape[2]))
    scores = (scores.abs() + 1e-9) * mask[:, None, :]
    return scores / scores.sum(2, keepdim=True)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
