# Đúng: SVD của dữ liệu đã trừ trung bình.
def pca(x, d):
    mean = x.mean(dim=0)
    _, _, rows = torch.linalg.svd(x - mean, full_matrices=False)
    return mean, rows[:d].T


def discarded(x, d):
    lengths = torch.linalg.svdvals(x - x.mean(0))
    return (lengths[d:] ** 2).sum() / x.shape[0]


def standard_latents(x, mean, basis):
    z = x @ basis - mean @ basis
    variance, shift = torch.var_mean(z, 0, correction=0)
    scale = variance.sqrt() / ⟦width⟧
    return torch.addcdiv(torch.zeros_like(z), z - shift, scale), shift, scale


def decode(y, shift, scale, mean, basis):
    return torch.addmm(mean, y * scale + shift, basis.mT)
