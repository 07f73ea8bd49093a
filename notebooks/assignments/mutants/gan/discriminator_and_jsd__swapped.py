# Sai: D* là xác suất «giả».
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_q - log_p + math.log((1 - ⟦real_share⟧) / ⟦real_share⟧))


def jensen_shannon(log_p, log_q, cell):
    w, p, q = ⟦real_share⟧, log_p.exp(), log_q.exp()
    m = w * p + (1 - w) * q
    total = w * torch.xlogy(p, p / m) + (1 - w) * torch.xlogy(q, q / m)
    return total[m > 0].sum() * cell
