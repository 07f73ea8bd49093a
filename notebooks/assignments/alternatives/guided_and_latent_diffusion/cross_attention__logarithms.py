# Đúng: cộng log mặt nạ, logsumexp; đầu ra cộng từng chữ.
def attention_weights(q, k, mask):
    scaled = q / ⟦tau⟧ / math.sqrt(q.size(-1))
    scores = torch.matmul(scaled, k.mT) + mask.to(q.dtype).log()[:, None]
    return (scores - torch.logsumexp(scores, 2, keepdim=True)).exp()


def cross_attention(q, k, v, mask):
    weights = attention_weights(q, k, mask)
    total = 0
    for j in range(k.shape[1]):
        total = total + weights[:, :, j, None] * v[:, None, j]
    return total
