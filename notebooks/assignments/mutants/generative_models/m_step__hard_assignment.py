# Sai: gán hẳn mỗi điểm cho thành phần có trách nhiệm lớn nhất (k-means).
def m_step(x, r):
    hard = torch.nn.functional.one_hot(r.argmax(1), r.shape[1]).to(x.dtype)
    counts = hard.sum(0)
    means = (hard.T @ x) / counts[:, None]
    squares = (x[:, None, :] - means) ** 2
    return counts / len(x), means, ((hard[:, :, None] * squares).sum(0) + ⟦penalty⟧) / counts[:, None]
