# Sai: 0 · (-∞) là NaN.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q)


def jensen_shannon(log_p, log_q, cell):
    log_m = torch.logaddexp(log_p, log_q) - math.log(2)
    terms = log_p.exp() * (log_p - log_m) + log_q.exp() * (log_q - log_m)
    return 0.5 * terms.sum() * cell
