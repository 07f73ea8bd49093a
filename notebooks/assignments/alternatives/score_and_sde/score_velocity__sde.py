# Đúng: qua f và g² của SDE.
def coefficients(a, sigma, slope_a, slope_sigma):
    f = slope_a / a
    return f, 2 * sigma * slope_sigma - 2 * f * sigma**2


def denoised(score, x, a, sigma):
    return x / a + (sigma / a) * sigma * score


def to_velocity(score, x, a, sigma, slope_a, slope_sigma):
    f, g2 = coefficients(a, sigma, slope_a, slope_sigma)
    return (0.5 * g2 * score - f * x) / ⟦span⟧


def to_score(velocity, x, a, sigma, slope_a, slope_sigma):
    if a == 0:
        return -x / sigma**2
    f, g2 = coefficients(a, sigma, slope_a, slope_sigma)
    return 2 * (⟦span⟧ * velocity + f * x) / g2
