# Sai: chia hai mật độ đã bằng 0 trong máy.
def best_discriminator(log_p, log_q):
    p, q = ⟦real_share⟧ * log_p.exp(), (1 - ⟦real_share⟧) * log_q.exp()
    return p / (p + q)


def jensen_shannon(log_p, log_q, cell):
    w = ⟦real_share⟧
    log_m = torch.logaddexp(log_p + math.log(w), log_q + math.log(1 - w))
    p, q = log_p.exp(), log_q.exp()
    left = torch.where(p > 0, w * p * (log_p - log_m), 0.0)
    return (left + torch.where(q > 0, (1 - w) * q * (log_q - log_m), 0.0)).sum() * cell
