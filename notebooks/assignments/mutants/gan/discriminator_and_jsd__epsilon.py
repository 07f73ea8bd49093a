# Sai: cộng một số nhỏ vào mật độ để tránh log 0: sai khi chính mật độ cũng nhỏ cỡ ấy.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q + math.log(⟦real_share⟧ / (1 - ⟦real_share⟧)))


def jensen_shannon(log_p, log_q, cell):
    p, q = log_p.exp() + 1e-12, log_q.exp() + 1e-12
    w = ⟦real_share⟧
    m = w * p + (1 - w) * q
    return cell * (w * p * (p / m).log() + (1 - w) * q * (q / m).log()).sum()
