# Sai: coi mất mát của GAN là một cận dưới của log hợp lý.
families = {
    "GMM": ("exact", "one"),
    "GAN": ("bound", "one"),
    "VAE": ("bound", "one"),
    "PixelCNN": ("exact", "many"),
    "RealNVP": ("exact", "one"),
    "MAF": ("exact", "many"),
    "DDPM": ("bound", "many"),
}
