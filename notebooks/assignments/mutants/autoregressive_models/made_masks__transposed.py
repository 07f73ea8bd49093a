# Sai: mặt nạ bị chuyển vị.
def made_masks(input_degrees, hidden_degrees):
    masks, below = [], input_degrees
    for degrees in hidden_degrees:
        masks.append((degrees[None, :] ⟦beyond⟧= below[:, None]).float()⟦times⟧)
        below = degrees
    masks.append((input_degrees[None, :] ⟦beyond⟧= below[:, None] ⟦step|signed⟧).float()⟦times⟧)
    return masks
