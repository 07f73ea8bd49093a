# Sai: trung bình của hai KL giữa p và q, vô hạn khi không giao nhau.
def best_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q)


def jensen_shannon(log_p, log_q, cell):
    return 0.5 * ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum() * cell
