# Đúng: torch.xlogy đã theo quy ước 0 · log 0 = 0.
def information(p, q):
    q = torch.softmax(q.log() / ⟦flatten⟧, dim=1)
    entropy = -torch.xlogy(p, p).sum(1)
    cross_entropy = -torch.xlogy(p, q).sum(1)
    return entropy, cross_entropy, cross_entropy - entropy
