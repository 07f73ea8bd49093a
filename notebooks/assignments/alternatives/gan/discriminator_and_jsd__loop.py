# Đúng: vòng lặp Python trên các điểm.
def best_discriminator(log_p, log_q):
    log_p, log_q = log_p + math.log(⟦real_share⟧), log_q + math.log(1 - ⟦real_share⟧)
    return torch.exp(log_p - torch.logaddexp(log_p, log_q))


def jensen_shannon(log_p, log_q, cell):
    w, total = ⟦real_share⟧, 0.0
    for a, b in zip(log_p.exp().double().flatten(), log_q.exp().double().flatten()):
        m = w * a + (1 - w) * b
        for weight, value in ((w, a), (1 - w, b)):
            if value > 0:
                total += weight * float(value * (value / m).log())
    return total * cell
