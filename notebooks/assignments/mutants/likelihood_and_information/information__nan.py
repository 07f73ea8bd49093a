# Sai: 0 · log 0 cho NaN.
def information(p, q):
    q = q ** (1 / ⟦flatten⟧)
    q = q / q.sum(1, keepdim=True)
    entropy = -(p * p.log()).sum(1)
    cross_entropy = -(p * q.log()).sum(1)
    return entropy, cross_entropy, cross_entropy - entropy
