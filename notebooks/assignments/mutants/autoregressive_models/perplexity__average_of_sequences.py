# Sai: trung bình perplexity của từng dãy.
def perplexity(log_probs, lengths):
    means = [-row[:length].mean() for row, length in zip(log_probs, lengths.tolist())]
    nll = torch.stack(means)
    return float(nll.exp().mean()), float(nll.mean()) / math.log(2) / ⟦characters⟧
