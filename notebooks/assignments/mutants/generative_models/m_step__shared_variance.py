# Sai: một phương sai chung cho mọi tọa độ.
def m_step(x, r):
    counts = r.sum(0)
    means = (r.T @ x) / counts[:, None]
    squares = (x[:, None, :] - means) ** 2
    variances = ((r[:, :, None] * squares).sum(0) + ⟦penalty⟧) / counts[:, None]
    return counts / len(x), means, variances.mean(1, keepdim=True).expand_as(means)
