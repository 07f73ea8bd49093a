# Sai: coi ELBO của VAE và DDPM là log hợp lý chính xác.
D = 3 * ⟦height⟧ * ⟦width⟧
families = {
    "GMM": ("exact", 1),
    "GAN": ("none", 1),
    "VAE": ("exact", 1),
    "PixelCNN": ("exact", D),
    "RealNVP": ("exact", 1),
    "MAF": ("exact", D),
    "DDPM": ("exact", ⟦steps⟧),
}
