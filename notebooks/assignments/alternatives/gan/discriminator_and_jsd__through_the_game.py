# Đúng: JSD = V(D*) + entropy của tỉ lệ trộn, với V tính từ logit tối ưu; hằng số là float32.
def best_discriminator(log_p, log_q):
    share = torch.tensor(⟦real_share⟧)
    top = torch.maximum(log_p, log_q)
    a, b = share * (log_p - top).exp(), (1 - share) * (log_q - top).exp()
    return a / (a + b)


def jensen_shannon(log_p, log_q, cell):
    share = torch.tensor(⟦real_share⟧)
    r = log_p - log_q + (share / (1 - share)).log()
    real = share * (torch.xlogy(log_p.exp(), torch.sigmoid(r)) - share.log() * log_p.exp())
    rest = 1 - share
    fake = rest * (torch.xlogy(log_q.exp(), torch.sigmoid(-r)) - rest.log() * log_q.exp())
    return (real + fake).sum() * cell
