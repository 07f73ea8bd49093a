# Sai: tầng ẩn nào cũng so với đầu vào, quên tầng ngay dưới nó.
def made_masks(input_degrees, hidden_degrees):
    masks = [(degrees[:, None] ⟦beyond⟧= input_degrees).float()⟦times⟧ for degrees in hidden_degrees]
    last = hidden_degrees[-1] if hidden_degrees else input_degrees
    return [*masks, (input_degrees[:, None] ⟦beyond⟧= last ⟦step|signed⟧).float()⟦times⟧]
