# Sai: không có tầng ẩn thì dùng tam giác dưới, quên rằng thứ tự sinh có thể tùy ý.
def made_masks(input_degrees, hidden_degrees):
    if not hidden_degrees:
        place = torch.arange(len(input_degrees))
        return [(place[:, None] ⟦beyond⟧= place ⟦step|signed⟧).float()⟦times⟧]
    levels = [input_degrees, *hidden_degrees]
    masks = [(above[:, None] ⟦beyond⟧= below).float()⟦times⟧ for below, above in zip(levels, levels[1:])]
    return [*masks, (input_degrees[:, None] ⟦beyond⟧= levels[-1] ⟦step|signed⟧).float()⟦times⟧]
