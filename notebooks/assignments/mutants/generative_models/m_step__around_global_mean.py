# Sai: phương sai tính quanh trung bình của cả tập thay vì quanh trung bình của thành phần.
def m_step(x, r):
    counts = r.sum(0)
    means = (r.T @ x) / counts[:, None]
    squares = (x - x.mean(0)) ** 2
    return counts / len(x), means, (r.T @ squares + ⟦penalty⟧) / counts[:, None]
