# Sai: nhân các xác suất rồi mới lấy căn, tràn xuống 0 với tập dài.
def perplexity(log_probs, lengths):
    real = torch.arange(log_probs.shape[1]) < lengths[:, None]
    p = log_probs[real].exp()
    value = p.prod() ** (-1 / len(p))
    return float(value), math.log2(max(float(value), 1e-300)) / ⟦characters⟧
