# Sai: softmax trên cả vị trí lẫn chữ.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.flatten(1).softmax(1).reshape(scores.shape)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
