# Sai: cộng một số nhỏ vào mật độ để tránh log 0: sai khi chính mật độ cũng nhỏ cỡ ấy.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q)


def jensen_shannon(log_p, log_q, cell):
    p, q = log_p.exp() + 1e-12, log_q.exp() + 1e-12
    m = (p + q) / 2
    return 0.5 * cell * (p * (p / m).log() + q * (q / m).log()).sum()
