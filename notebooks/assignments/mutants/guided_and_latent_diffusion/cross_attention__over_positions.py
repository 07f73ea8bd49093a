# Sai: softmax trên các vị trí ảnh.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / (⟦tau⟧ * math.sqrt(q.shape[2]))
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.softmax(1).nan_to_num()


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
