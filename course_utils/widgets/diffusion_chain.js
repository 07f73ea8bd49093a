// Chuỗi thêm nhiễu và một bước ngược của nó: các bảng của lịch nhiễu, số ngẫu nhiên lặp lại được.

const MAX_BETA = 0.999;

/** Các bảng T + 1 giá trị từ β_1…β_T: β, ᾱ, a = √ᾱ, phương sai nhiễu 1 − ᾱ và SNR. */
export function tables(betas) {
  const beta = [0, ...betas];
  const logs = [];
  beta.reduce((sum, b, k) => (logs[k] = sum + Math.log1p(-b)), 0);
  const noise = logs.map((v) => 0 - Math.expm1(v));
  const alphaBar = logs.map(Math.exp);
  return { beta, alphaBar, a: alphaBar.map(Math.sqrt), noise, snr: alphaBar.map((v, k) => v / noise[k]) };
}

/** Lịch tuyến tính 10⁻⁴ → 0.02 của T = 1000, nhân `scale`; quên nhân thì scale = 1. */
export function linearSchedule(steps, scale = 1000 / steps) {
  const at = (i) => 1e-4 + (i / (steps - 1)) * (0.02 - 1e-4);
  return tables(Array.from({ length: steps }, (_, i) => Math.min(MAX_BETA, scale * at(i))));
}

/** Lịch cosin của Nichol & Dhariwal. */
export function cosineSchedule(steps, offset = 0.008) {
  const f = (k) => Math.cos(((Math.PI / 2) * (k / steps + offset)) / (1 + offset)) ** 2;
  return tables(Array.from({ length: steps }, (_, i) => Math.min(MAX_BETA, 1 - f(i + 1) / f(i))));
}

/** KL(N(a·x₀, noise) ‖ N(0, 1)) trên một chiều, với E x₀² = `moment`. */
export const klToNormal = ({ alphaBar, noise }, k, moment) =>
  k === 0 ? Infinity : 0.5 * (alphaBar[k] * moment - alphaBar[k] - Math.log(noise[k]));

/** Bước ngược từ k về j, j < k: hệ số của x̂₀, ε̂, x_k, và độ lệch chuẩn của nhiễu thêm vào. */
export function reverseStep({ alphaBar, a, noise }, k, j, sampler) {
  const ratio = noise[j] / noise[k];
  const beta = 1 - alphaBar[k] / alphaBar[j];
  if (sampler === "beta") {
    return { x0: (a[j] * beta) / noise[k], eps: 0, x: (a[k] / a[j]) * ratio, scale: j ? Math.sqrt(beta) : 0 };
  }
  const added = { ddim: 0, half: 0.25, tilde: 1 }[sampler] * ratio * beta; // η²β̃
  return { x0: a[j], eps: Math.sqrt(Math.max(noise[j] - added, 0)), x: 0, scale: Math.sqrt(added) };
}

/** Các bước dừng T = τ_K > … > τ_0 = 0, rải đều (làm tròn về số chẵn khi đúng nửa, như Python). */
export function timetable(total, steps) {
  const round = (v) => (v % 1 === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
  return Array.from({ length: steps + 1 }, (_, i) => round((total * (steps - i)) / steps));
}

/** Số ngẫu nhiên chuẩn, lặp lại được theo hạt giống (mulberry32 và Box–Muller). */
export function gaussian(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
