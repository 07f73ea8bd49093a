# Sai: tầng ra dùng dấu lớn hơn hoặc bằng, biến nhìn thấy chính nó.
def made_masks(input_degrees, hidden_degrees):
    masks, below = [], input_degrees
    for degrees in hidden_degrees:
        masks.append((degrees[:, None] ⟦beyond⟧= below).float()⟦times⟧)
        below = degrees
    masks.append((input_degrees[:, None] ⟦beyond⟧= below).float()⟦times⟧)
    return masks
