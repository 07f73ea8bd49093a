# Sai: một Gauss duy nhất có cùng trung bình và hiệp phương sai với hỗn hợp.
def sample_mixture(n, weights, means, stds):
    weights = weights**⟦gamma⟧ / (weights**⟦gamma⟧).sum()
    centre = weights @ means
    offsets = means - centre
    covariance = (offsets.T * weights) @ offsets + torch.diag(weights @ stds.square())
    noise = torch.randn(n, means.shape[1], dtype=means.dtype)
    return ⟦unit⟧ * (centre + noise @ torch.linalg.cholesky(covariance).T)
