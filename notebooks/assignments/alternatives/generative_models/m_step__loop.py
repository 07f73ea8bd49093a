# Đúng: từng thành phần một, trung bình có trọng số.
def m_step(x, r):
    means, variances = [], []
    for k in range(r.shape[1]):
        share = (r[:, k] / r[:, k].sum())[:, None]
        mean = (share * x).sum(0)
        means.append(mean)
        variances.append((share * (x - mean).square()).sum(0) + ⟦penalty⟧ / r[:, k].sum())
    return r.mean(0), torch.stack(means), torch.stack(variances)
