# Sai: đặt điểm ở chỗ đệm là -10⁴, trong khi chữ thật có thể có điểm thấp hơn.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / (⟦tau⟧ * math.sqrt(q.shape[2]))
    scores = scores.masked_fill(~mask[:, None, :], -1e4)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
