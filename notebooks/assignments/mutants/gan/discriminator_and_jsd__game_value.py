# Sai: trả về giá trị của trò chơi V(D*) = 2·JSD - ln 4.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q)


def jensen_shannon(log_p, log_q, cell):
    r = log_p - log_q
    softplus = torch.nn.functional.softplus
    return -(log_p.exp() * softplus(-r) + log_q.exp() * softplus(r)).sum() * cell
