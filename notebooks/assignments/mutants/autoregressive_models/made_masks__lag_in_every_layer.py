# Sai: đặt khoảng cách s ở mọi tầng chứ không chỉ ở tầng ra.
def made_masks(input_degrees, hidden_degrees):
    levels = [input_degrees, *hidden_degrees, input_degrees]
    pairs = zip(levels, levels[1:])
    return [(above[:, None] ⟦beyond⟧= below ⟦step|signed⟧).float()⟦times⟧ for below, above in pairs]
