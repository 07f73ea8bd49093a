# Sai: dùng logarit cơ số 2.
def information(p, q):
    q = q ** (1 / ⟦flatten⟧)
    q = q / q.sum(1, keepdim=True)
    log_p = torch.where(p > 0, p, 1.0).log2()
    log_q = torch.where(p > 0, q, 1.0).log2()
    return -(p * log_p).sum(1), -(p * log_q).sum(1), (p * (log_p - log_q)).sum(1)
