# Sai: quên hai thừa số một nửa, kết quả gấp đôi.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q)


def jensen_shannon(log_p, log_q, cell):
    log_m = torch.logaddexp(log_p, log_q) - math.log(2)
    p, q = log_p.exp(), log_q.exp()
    left = torch.where(p > 0, p * (log_p - log_m), 0.0)
    return (left + torch.where(q > 0, q * (log_q - log_m), 0.0)).sum() * cell
