# Sai: 0 · (-∞) là NaN.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q + math.log(⟦real_share⟧ / (1 - ⟦real_share⟧)))


def jensen_shannon(log_p, log_q, cell):
    w = ⟦real_share⟧
    log_m = torch.logaddexp(log_p + math.log(w), log_q + math.log(1 - w))
    terms = w * log_p.exp() * (log_p - log_m) + (1 - w) * log_q.exp() * (log_q - log_m)
    return terms.sum() * cell
