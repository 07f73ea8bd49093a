# Đúng: vòng lặp Python trên các điểm.
def best_discriminator(log_p, log_q):
    return torch.exp(log_p - torch.logaddexp(log_p, log_q))


def jensen_shannon(log_p, log_q, cell):
    total = 0.0
    for a, b in zip(log_p.exp().double().flatten(), log_q.exp().double().flatten()):
        for value in (a, b):
            if value > 0:
                total += 0.5 * float(value * (2 * value / (a + b)).log())
    return total * cell
