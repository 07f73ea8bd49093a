# Sai: quên chia cho căn d.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / ⟦tau⟧
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
