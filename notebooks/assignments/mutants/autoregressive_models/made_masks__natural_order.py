# Sai: tưởng đầu vào luôn theo thứ tự 1, 2, …, D.
def made_masks(input_degrees, hidden_degrees):
    natural = torch.arange(1, len(input_degrees) + 1)
    masks, below = [], natural
    for degrees in hidden_degrees:
        masks.append((degrees[:, None] ⟦beyond⟧= below).float()⟦times⟧)
        below = degrees
    masks.append((natural[:, None] ⟦beyond⟧= below ⟦step|signed⟧).float()⟦times⟧)
    return masks
