# Đúng: một vòng lặp chung cho hai phương pháp.
def walk(rule, x, steps, start, end):
    x = x.clone()
    for k in range(steps):
        part, rest = (k / steps) ** ⟦bend⟧, ((k + 1) / steps) ** ⟦bend⟧
        x += rule(start * (1 - part) + end * part, x, (end - start) * (rest - part))
    return x


def euler(field, x, steps, start=0.0, end=1.0):
    return walk(lambda t, x, h: h * field(t, x), x, steps, start, end)


def midpoint(field, x, steps, start=0.0, end=1.0):
    def rule(t, x, h):
        first = field(t, x)
        return h * field(t + 0.5 * h, x + 0.5 * h * first)

    return walk(rule, x, steps, start, end)
