# Đúng: ma trận một-nóng nhân với mặt nạ.
def count_modes(samples, centers, std, min_share):
    squares = ((samples[:, None] - centers[None]) ** 2).sum(2)
    owner = torch.nn.functional.one_hot(squares.argmin(1), len(centers)).double()
    good = squares.min(1).values.sqrt() <= ⟦radius⟧ * std
    shares = (owner * good[:, None]).mean(0)
    return (shares >= min_share).sum(), shares, good.double().mean()
