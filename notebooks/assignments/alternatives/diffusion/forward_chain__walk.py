# Đúng: đi bộ từng bước, nhớ hai hệ số.
def coefficients(beta):
    signal, variance = [1.0], [0.0]
    for b in beta.double().tolist():
        signal.append(signal[-1] * math.sqrt(1 - b))
        variance.append((1 - b) * variance[-1] + b)
    return signal, variance


def diffuse(x0, k, eps, beta):
    signal, variance = coefficients(beta)
    steps = [int(i) for i in k]
    return torch.stack(
        [signal[i] * x + math.sqrt(variance[i]) * e for i, x, e in zip(steps, x0, eps)]
    )


def snr(beta):
    signal, variance = coefficients(beta)
    return [s * s / v for s, v in zip(signal[1:], variance[1:])]


def terminal_kl(x0, beta):
    signal, variance = coefficients(beta)
    s, v, start = signal[-1], variance[-1], ⟦start⟧
    constant = v / start - 1 - math.log(v / start)
    return [sum((s * float(u)) ** 2 / start + constant for u in row) / 2 for row in x0.double()]
