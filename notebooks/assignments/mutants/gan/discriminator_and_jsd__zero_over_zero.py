# Sai: chia hai mật độ đã bằng 0 trong máy.
def best_discriminator(log_p, log_q):
    return log_p.exp() / (log_p.exp() + log_q.exp())


def jensen_shannon(log_p, log_q, cell):
    log_m = torch.logaddexp(log_p, log_q) - math.log(2)
    p, q = log_p.exp(), log_q.exp()
    left = torch.where(p > 0, p * (log_p - log_m), 0.0)
    return 0.5 * (left + torch.where(q > 0, q * (log_q - log_m), 0.0)).sum() * cell
