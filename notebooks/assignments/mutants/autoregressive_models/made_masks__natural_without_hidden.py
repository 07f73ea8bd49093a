# Sai: không có tầng ẩn thì dùng tam giác dưới, quên rằng thứ tự sinh có thể tùy ý.
def made_masks(input_degrees, hidden_degrees):
    if not hidden_degrees:
        size = len(input_degrees)
        return [torch.ones(size, size).tril(-1)]
    levels = [input_degrees, *hidden_degrees]
    masks = [(above[:, None] >= below).float() for below, above in zip(levels, levels[1:])]
    return [*masks, (input_degrees[:, None] > levels[-1]).float()]
