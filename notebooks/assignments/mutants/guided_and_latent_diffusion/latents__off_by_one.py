# Sai: bỏ sót λ đầu tiên bị bỏ.
def pca(x, d):
    mean = x.mean(0)
    _, vectors = torch.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    return mean, vectors.flip(1)[:, :d]


def discarded(x, d):
    values = torch.linalg.eigvalsh(torch.cov(x.T, correction=0).reshape(x.shape[1], -1))
    return values[: max(0, x.shape[1] - d - 1)].sum()


def standard_latents(x, mean, basis):
    z = (x - mean) @ basis
    shift, scale = z.mean(0), z.std(0, correction=0) / ⟦width⟧
    return (z - shift) / scale, shift, scale


def decode(y, shift, scale, mean, basis):
    return mean + (shift + scale * y) @ basis.T
