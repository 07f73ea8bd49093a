# Sai: coi mất mát của GAN là một cận dưới của log hợp lý.
D = 3 * ⟦height⟧ * ⟦width⟧
families = {
    "GMM": ("exact", 1),
    "GAN": ("bound", 1),
    "VAE": ("bound", 1),
    "PixelCNN": ("exact", D),
    "RealNVP": ("exact", 1),
    "MAF": ("exact", D),
    "DDPM": ("bound", ⟦steps⟧),
}
