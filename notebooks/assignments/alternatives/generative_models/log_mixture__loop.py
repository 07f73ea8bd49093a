# Đúng: vòng lặp trên các thành phần, cộng dần bằng logaddexp.
def log_mixture(x, weights, means, stds):
    total = torch.full_like(x[:, 0], -math.inf)
    for w, m, std in zip(weights, means, stds):
        s = torch.sqrt(std * std + ⟦noise * noise⟧)
        log_part = -(((x - m) / s) ** 2 / 2 + s.log() + 0.5 * math.log(2 * math.pi)).sum(1)
        total = torch.logaddexp(total, log_part + w.log())
    return total
