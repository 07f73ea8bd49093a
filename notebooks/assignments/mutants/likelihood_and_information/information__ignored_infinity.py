# Sai: bỏ qua cả những giá trị có q = 0 mà p > 0.
def information(p, q):
    q = q ** (1 / ⟦flatten⟧)
    q = q / q.sum(1, keepdim=True)
    ok = (p > 0) & (q > 0)
    log_p = torch.where(p > 0, p, 1.0).log()
    log_q = torch.where(ok, q, 1.0).log()
    return -(p * log_p).sum(1), -(p * log_q).sum(1), (p * (log_p - log_q) * ok).sum(1)
