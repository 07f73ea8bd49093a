# Đúng: Runge–Kutta: moment của SDE theo log a, một hạt của ODE theo a.
def tempered(m, v, w):
    bottom = v + w * (1 - v)
    return w * m / bottom, v / bottom


def pull(a, m, v, w):
    """x + S = a·(hệ số)·x + a·(hằng số), chia cho a."""
    now = 1 - (1 - v) * a * a
    return -w * (1 - v) * a / now, w * m / now


def solve(rate, state, begin=1e-5, end=1.0, steps=4000):
    h = (end - begin) / steps
    for k in range(steps):
        a = begin + k * h
        k1 = rate(a, state)
        k2 = rate(a + h / 2, [p + h / 2 * q for p, q in zip(state, k1)])
        k3 = rate(a + h / 2, [p + h / 2 * q for p, q in zip(state, k2)])
        k4 = rate(a + h, [p + h * q for p, q in zip(state, k3)])
        state = [
            p + h / 6 * (q + 2 * r + 2 * s + t) for p, q, r, s, t in zip(state, k1, k2, k3, k4)
        ]
    return state


def sde_law(m, v, w):
    square = ⟦lam⟧**2

    def rate(clock, state):  # đồng hồ log a
        a = math.exp(clock)
        steep, flat = ((1 + square) * a * value for value in pull(a, m, v, w))
        mean = (steep - square) * state[0] + flat
        return [mean, 2 * (steep - square) * state[1] + 2 * square]

    return tuple(solve(rate, [0.0, 1.0], -14.0, 0.0))


def ode_law(m, v, w):
    def rate(a, state):
        steep, flat = pull(a, m, v, w)
        return [steep * state[0] + flat, steep * state[1]]

    mean, scale = solve(rate, [0.0, 1.0])
    return mean, scale**2
