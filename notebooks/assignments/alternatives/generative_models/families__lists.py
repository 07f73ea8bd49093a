# Đúng: viết các cặp bằng list, gọi dict().
families = dict(
    DDPM=["bound", ⟦steps⟧],
    MAF=["exact", ⟦width⟧ * ⟦height⟧ * 3],
    RealNVP=["exact", 1],
    PixelCNN=["exact", 3 * ⟦width * height⟧],
    VAE=["bound", 1],
    GAN=["none", 1],
    GMM=["exact", 1],
)
