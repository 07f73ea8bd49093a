# Đúng: vòng lặp trên các cặp i < j.
def mmd2(x, y, h):
    def mean(pairs):
        squares = (float((a - b) @ (a - b)) for a, b in pairs)
        return sum(pow(1 + s / (2 * ⟦alpha⟧ * h * h), -⟦alpha⟧) for s in squares) / len(pairs)

    inside_x = [(x[i], x[j]) for i in range(len(x)) for j in range(i)]
    inside_y = [(y[i], y[j]) for i in range(len(y)) for j in range(i)]
    return mean(inside_x) + mean(inside_y) - 2 * mean([(a, b) for a in x for b in y])
