# Sai: mọi câu dùng mặt nạ của câu đầu.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / (⟦tau⟧ * math.sqrt(q.shape[2]))
    scores = scores.masked_fill(~mask[:1, None, :], -math.inf)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
