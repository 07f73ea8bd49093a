# Đúng: vòng lặp, trả về list.
def count_modes(samples, centers, std, min_share):
    n, shares = len(samples), [0.0] * len(centers)
    for point in samples:
        distances = (centers - point).norm(dim=1)
        k = int(distances.argmin())
        if distances[k] <= ⟦radius⟧ * std:
            shares[k] += 1
    shares = [count / n for count in shares]
    return sum(share >= min_share for share in shares), shares, sum(shares)
