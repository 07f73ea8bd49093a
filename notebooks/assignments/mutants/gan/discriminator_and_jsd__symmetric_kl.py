# Sai: trung bình có trọng số của hai KL giữa p và q, vô hạn khi không giao nhau.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q + math.log(⟦real_share⟧ / (1 - ⟦real_share⟧)))


def jensen_shannon(log_p, log_q, cell):
    weights = ⟦real_share⟧ * log_p.exp() - (1 - ⟦real_share⟧) * log_q.exp()
    return (weights * (log_p - log_q)).sum() * cell
