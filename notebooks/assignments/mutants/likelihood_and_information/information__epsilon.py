# Sai: cộng một số nhỏ vào xác suất nên KL vô hạn thành hữu hạn.
def information(p, q):
    q = q ** (1 / ⟦flatten⟧)
    q = q / q.sum(1, keepdim=True)
    log_p, log_q = (p + 1e-12).log(), (q + 1e-12).log()
    return -(p * log_p).sum(1), -(p * log_q).sum(1), (p * (log_p - log_q)).sum(1)
