# Đúng: ᾱ cộng dồn bằng số thường rồi cất trong tensor float32.
def table(beta):
    bars = [1.0]
    for b in beta.tolist():
        bars.append(bars[-1] * (1 - b))
    return torch.tensor(bars)


def diffuse(x0, k, eps, beta):
    level = table(beta)[k]
    while level.ndim < x0.ndim:
        level = level.unsqueeze(-1)
    return torch.sqrt(level) * x0 + torch.sqrt(1 - level) * eps


def snr(beta):
    bars = table(beta)[1:]
    return bars / (1 - bars)


def terminal_kl(x0, beta):
    spread = 1 - float((1 - beta).prod())
    v, rows = ⟦start⟧, []
    for row in x0.tolist():
        squares = [(1 - spread) * v * v for v in row]
        rows.append(sum(0.5 * ((spread + s) / v - 1 - math.log(spread / v)) for s in squares))
    return rows
