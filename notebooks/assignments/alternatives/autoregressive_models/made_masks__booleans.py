# Đúng: mặt nạ kiểu bool, tầng ra lùi một bậc.
def made_masks(input_degrees, hidden_degrees):
    above = [*hidden_degrees, input_degrees - 1]
    below = [input_degrees, *hidden_degrees]
    return [a.unsqueeze(1) >= b.unsqueeze(0) for a, b in zip(above, below)]
