# Sai: D* là xác suất «giả».
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_q - log_p)


def jensen_shannon(log_p, log_q, cell):
    m = (log_p.exp() + log_q.exp()) / 2
    total = torch.xlogy(log_p.exp(), log_p.exp() / m) + torch.xlogy(log_q.exp(), log_q.exp() / m)
    return 0.5 * total[m > 0].sum() * cell
