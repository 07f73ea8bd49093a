# Sai: thêm mặt nạ nhân quả.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    future = torch.ones(scores.shape[1:], dtype=torch.bool).triu(1)
    return scores.masked_fill(future, -1e4).softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
