# Sai: chỉ đếm số chữ thật, coi chúng đứng đầu câu.
def attention_weights(q, k, mask):
    scores = q @ k.transpose(1, 2) / (⟦tau⟧ * math.sqrt(q.shape[2]))
    mask = torch.arange(k.shape[1]) < mask.sum(1, keepdim=True)
    scores = scores.masked_fill(~mask[:, None, :], -math.inf)
    return scores.softmax(2)


def cross_attention(q, k, v, mask):
    return attention_weights(q, k, mask) @ v
