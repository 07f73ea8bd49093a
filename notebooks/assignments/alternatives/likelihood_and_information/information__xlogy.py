# Đúng: torch.xlogy đã theo quy ước 0 · log 0 = 0.
def information(p, q):
    entropy = -torch.xlogy(p, p).sum(1)
    cross_entropy = -torch.xlogy(p, q).sum(1)
    return entropy, cross_entropy, cross_entropy - entropy
