# Sai: chia cho căn d thôi.
def attention_weights(q, k, mask):
    """Mỗi vị trí ảnh để ý từng chữ bao nhiêu, kích thước (B, N, L)."""
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    """Mỗi vị trí ảnh trộn giá trị của các chữ, kích thước (B, N, e)."""
    return attention_weights(q, k, mask) @ v
