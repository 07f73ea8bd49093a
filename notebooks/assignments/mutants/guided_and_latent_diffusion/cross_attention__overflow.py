# Sai: lũy thừa thẳng: tràn số.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / (⟦tau⟧ * math.sqrt(q.shape[2]))
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.exp() / scores.exp().sum(2, keepdim=True)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
