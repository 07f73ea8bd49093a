# Sai: ghi số 0 đè lên giá trị ở chỗ đệm.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / (⟦tau⟧ * math.sqrt(q.shape[2]))
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    v[~mask] = 0
    return attention_weights(q, k, mask) @ v
