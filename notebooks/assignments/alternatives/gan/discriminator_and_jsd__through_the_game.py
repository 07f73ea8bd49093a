# Đúng: JSD = (V(D*) + ln 4)/2, với V tính từ logit tối ưu.
def best_discriminator(log_p, log_q):
    top = torch.maximum(log_p, log_q)
    a, b = (log_p - top).exp(), (log_q - top).exp()
    return a / (a + b)


def jensen_shannon(log_p, log_q, cell):
    r = log_p - log_q
    real = torch.xlogy(log_p.exp(), torch.sigmoid(r))
    fake = torch.xlogy(log_q.exp(), torch.sigmoid(-r))
    mass = 0.5 * (log_p.exp() + log_q.exp())
    return 0.5 * (real + fake).sum() * cell + math.log(2) * mass.sum() * cell
