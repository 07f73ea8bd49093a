# Sai: đưa về độ lệch chuẩn 1.
def pca(x, d):
    """(trung bình, d hướng có phương sai lớn nhất)."""
    mean = x.mean(0)
    _, vectors = torch.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    return mean, vectors.flip(1)[:, :d]  # eigh xếp trị riêng tăng dần


def discarded(x, d):
    """Tổng các trị riêng bị bỏ."""
    values = torch.linalg.eigvalsh(torch.cov(x.T, correction=0).reshape(x.shape[1], -1))
    return values[: x.shape[1] - d].sum()


def standard_latents(x, mean, basis):
    """(bản phác đã dời và giãn, độ dời, độ giãn)."""
    z = (x - mean) @ basis
    shift, scale = z.mean(0), z.std(0, correction=0)
    return (z - shift) / scale, shift, scale


def decode(y, shift, scale, mean, basis):
    """Từ bản phác đã dời và giãn về dữ liệu."""
    return mean + (shift + scale * y) @ basis.T
