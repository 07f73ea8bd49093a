# Sai: trả về giá trị của trò chơi V(D*), thấp hơn JSD một entropy của tỉ lệ trộn.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q + math.log(⟦real_share⟧ / (1 - ⟦real_share⟧)))


def jensen_shannon(log_p, log_q, cell):
    w = ⟦real_share⟧
    r = log_p - log_q + math.log(w / (1 - w))
    softplus = torch.nn.functional.softplus
    real, fake = w * log_p.exp(), (1 - w) * log_q.exp()
    return -(real * softplus(-r) + fake * softplus(r)).sum() * cell
