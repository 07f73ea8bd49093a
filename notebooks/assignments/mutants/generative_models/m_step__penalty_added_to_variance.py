# Sai: cộng λ vào phương sai sau khi đã chia cho tổng trách nhiệm.
def m_step(x, r):
    counts = r.sum(0)
    means = (r.T @ x) / counts[:, None]
    squares = (x[:, None, :] - means) ** 2
    variances = (r[:, :, None] * squares).sum(0) / counts[:, None] + ⟦penalty⟧
    return counts / len(x), means, variances
