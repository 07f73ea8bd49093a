# Đúng: từng tọa độ một bằng số thường, khoảng chứa nghiệm nở dần; kết quả là danh sách.
def mixture_inverse(x, logits, means, log_scales):
    def sigmoid(u):
        return 0.5 + 0.5 * math.tanh(u / 2)

    places, totals = [], []
    for i in range(len(x)):
        row, total = [], 0.0
        for j in range(x.shape[1]):
            odds = [math.exp(a / ⟦heat⟧) for a in logits[i, j].tolist()]
            parts = list(zip(odds, means[i, j].tolist(), log_scales[i, j].exp().tolist()))

            def level(z):
                return sum(a * sigmoid((z - mu) / s) for a, mu, s in parts) / sum(odds)

            low, high, width = means[i, j].min().item(), means[i, j].max().item(), 1.0
            while level(low) > x[i, j]:
                low, width = low - width, 2 * width
            while level(high) < x[i, j]:
                high, width = high + width, 2 * width
            for _ in range(200):
                middle = (low + high) / 2
                low, high = (middle, high) if level(middle) < x[i, j] else (low, middle)
            bells = [a / s / 4 / math.cosh((low - mu) / s / 2) ** 2 for a, mu, s in parts]
            row.append(low)
            total -= math.log(sum(bells) / sum(odds))
        places.append(row)
        totals.append(total)
    return places, totals
