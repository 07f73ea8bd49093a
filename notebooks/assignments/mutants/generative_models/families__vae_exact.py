# Sai: coi ELBO của VAE và DDPM là log hợp lý chính xác.
families = {
    "GMM": ("exact", "one"),
    "GAN": ("none", "one"),
    "VAE": ("exact", "one"),
    "PixelCNN": ("exact", "many"),
    "RealNVP": ("exact", "one"),
    "MAF": ("exact", "many"),
    "DDPM": ("exact", "many"),
}
