# Sai: nâng q lên lũy thừa mà quên chuẩn hóa lại.
def information(p, q):
    log_p = torch.where(p > 0, p, 1.0).log()
    log_q = torch.where(p > 0, q, 1.0).log() / ⟦flatten⟧
    entropy, cross_entropy = -(p * log_p).sum(1), -(p * log_q).sum(1)
    return entropy, cross_entropy, (p * (log_p - log_q)).sum(1)
