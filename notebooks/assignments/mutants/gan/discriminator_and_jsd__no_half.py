# Sai: quên hai trọng số của hai KL.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q + math.log(⟦real_share⟧ / (1 - ⟦real_share⟧)))


def jensen_shannon(log_p, log_q, cell):
    w = ⟦real_share⟧
    log_m = torch.logaddexp(log_p + math.log(w), log_q + math.log(1 - w))
    p, q = log_p.exp(), log_q.exp()
    left = torch.where(p > 0, p * (log_p - log_m), 0.0)
    return (left + torch.where(q > 0, q * (log_q - log_m), 0.0)).sum() * cell
