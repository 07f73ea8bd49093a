# Đúng: đi ngược để lấy các điểm trung gian rồi mới cộng.
def chain_log_prob(x, maps):
    points = [x]
    for inverse, _ in maps[::-1]:
        points.insert(0, inverse(points[0]))
    total = -(points[0] ** 2 / ⟦chain_variance⟧ + math.log(2 * math.pi * ⟦chain_variance⟧)) / 2
    for h, (_, derivative) in zip(points, maps):
        total -= derivative(h).square().log() / 2
    return total
