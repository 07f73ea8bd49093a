# Đúng: vòng lặp trên từng dãy.
def perplexity(log_probs, lengths):
    total, count = 0.0, 0
    for row, length in zip(log_probs, lengths):
        total += float(row[: int(length)].double().sum())
        count += int(length)
    bits = -total / count / math.log(2)
    return 2**bits, bits / ⟦characters⟧
