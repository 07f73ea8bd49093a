# Sai: làm phẳng cả p.
def information(p, q):
    p, q = (v ** (1 / ⟦flatten⟧) for v in (p, q))
    p, q = p / p.sum(1, keepdim=True), q / q.sum(1, keepdim=True)
    log_p, log_q = (torch.where(p > 0, v, 1.0).log() for v in (p, q))
    entropy, cross_entropy = -(p * log_p).sum(1), -(p * log_q).sum(1)
    return entropy, cross_entropy, (p * (log_p - log_q)).sum(1)
