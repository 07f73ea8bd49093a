# Sai: tính KL(q‖p).
def information(p, q):
    q = q ** (1 / ⟦flatten⟧)
    q = q / q.sum(1, keepdim=True)
    log_p = torch.where(p > 0, p, 1.0).log()
    log_q = torch.where(p > 0, q, 1.0).log()
    kl = torch.where(q > 0, q * (q.log() - p.log()), 0.0).sum(1)
    return -(p * log_p).sum(1), -(p * log_q).sum(1), kl
