# Sai: đặt điểm của chỗ đệm bằng 0 thay vì âm vô cùng.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    scores = scores.masked_fill(~mask[:, None, :], 0.0)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
