# Sai: trừ 10 ở chỗ đệm, chưa đủ.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    scores = scores - 10.0 * ~mask[:, None, :]
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
