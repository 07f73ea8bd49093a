# Sai: trung bình đều các chữ thật.
def attention_weights(q, k, mask):
    scores = 0.0 * (q @ k.transpose(1, 2))
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
