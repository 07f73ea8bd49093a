# Đúng: Runge–Kutta theo a: moment của SDE, một hạt của ODE.
def tempered(m, v, w):
    bottom = v + w * (1 - v)
    return w * m / bottom, v / bottom


def pull(a, m, v, w):
    """x + S = a·(hệ số)·x + a·(hằng số), chia cho a."""
    now = 1 - (1 - v) * a * a
    return -w * (1 - v) * a / now, w * m / now


def solve(rate, state, steps=4000):
    begin = 1e-5
    h = (1 - begin) / steps
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
    def rate(a, state):  # a·trung bình và a²·phương sai: không còn chỗ chia cho a
        steep, flat = pull(a, m, v, w)
        return [2 * steep * state[0] + 2 * a * flat, 4 * steep * state[1] + 2 * a]

    return tuple(solve(rate, [0.0, 0.0]))


def ode_law(m, v, w):
    def rate(a, state):
        steep, flat = pull(a, m, v, w)
        return [steep * state[0] + flat, steep * state[1]]

    mean, scale = solve(rate, [0.0, 1.0])
    return mean, scale**2
