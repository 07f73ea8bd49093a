# Sai: chia cho n thay vì cho tổng trách nhiệm của thành phần.
def m_step(x, r):
    n = len(x)
    means = (r.T @ x) / n
    squares = (x[:, None, :] - means) ** 2
    return r.mean(0), means, ((r[:, :, None] * squares).sum(0) + ⟦penalty⟧) / n
