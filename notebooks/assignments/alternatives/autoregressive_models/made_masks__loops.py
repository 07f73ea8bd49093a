# Đúng: viết từng phần tử.
def made_masks(input_degrees, hidden_degrees):
    layers = [input_degrees.tolist()] + [h.tolist() for h in hidden_degrees]
    masks = []
    for below, above in zip(layers, layers[1:]):
        masks.append(torch.tensor([[int(a ⟦beyond⟧= b)⟦times⟧ for b in below] for a in above]))
    outputs = [[int(a ⟦beyond⟧= b ⟦step|signed⟧)⟦times⟧ for b in layers[-1]] for a in layers[0]]
    return masks + [torch.tensor(outputs)]
