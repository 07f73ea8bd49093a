# Đúng: mặt nạ kiểu bool, tầng ra lùi s bậc.
def made_masks(input_degrees, hidden_degrees):
    above = [*hidden_degrees, input_degrees ⟦(-step)|signed⟧]
    below = [input_degrees, *hidden_degrees]
    return [(a.unsqueeze(1) ⟦beyond⟧= b.unsqueeze(0))⟦times⟧ for a, b in zip(above, below)]
