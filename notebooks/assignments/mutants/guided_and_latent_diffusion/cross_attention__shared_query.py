# Sai: mọi vị trí dùng truy vấn trung bình.
def attention_weights(q, k, mask):
    scores = q.mean(1, keepdim=True).expand_as(q) @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
