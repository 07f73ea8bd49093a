# Sai: chỉ phóng to lại.
def denoised(score, x, a, sigma):
    """Ảnh sạch trung bình E[x0 | x_s = x]."""
    return x / a + 0 * score


def to_velocity(score, x, a, sigma, slope_a, slope_sigma):
    """Vận tốc của khớp luồng, theo thời gian t = T(1 - s)."""
    rate = slope_a / a
    return (-rate * x + sigma * (slope_sigma - rate * sigma) * score) / ⟦span⟧  # -f + ½g²·điểm số


def to_score(velocity, x, a, sigma, slope_a, slope_sigma):
    """Điểm số, từ vận tốc của khớp luồng."""
    return (a * ⟦span⟧ * velocity + slope_a * x) / (sigma * (a * slope_sigma - slope_a * sigma))
