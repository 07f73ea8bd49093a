// Toán của khớp luồng một chiều: trường biên của một cách ghép đôi, quỹ đạo, chi phí, độ thẳng.

const STEPS = 24; // số bước Runge–Kutta của một quỹ đạo
const [REACH, NODES] = [8, 201]; // lưới cầu phương của kỳ vọng có điều kiện
const BASE = Array.from({ length: 45 }, (_, i) => (i / 22 - 1) * 4.4); // lưới của x₀, để lấy kỳ vọng
const LEVELS = Array.from({ length: 10 }, (_, i) => (i + 0.5) / 10); // các phân vị của vận tốc
// Φ trên lưới bước 0.001 (chuỗi lũy thừa mọi số hạng cùng dấu), nội suy thẳng giữa hai mốc.
const CDF = Float64Array.from({ length: 18001 }, (_, i) => {
  const z = i / 1000 - 9;
  let [sum, term, n] = [0, z, 1];
  for (; sum + term !== sum; term *= (z * z) / (n += 2)) sum += term;
  return clamp(0.5 + sum * Math.exp(logNormal(z)), 0, 1);
});
const cdf = (z) => {
  const place = clamp((z + 9) * 1000, 0, 17999.999);
  const k = Math.floor(place);
  return CDF[k] + (place - k) * (CDF[k + 1] - CDF[k]);
};
/** Tổng trên các thành phần của hỗn hợp: mật độ p₁, và P(x₁ ≤ x) hay P(x₁ ≥ x) theo dấu. */
function targetDensity({ weights, means, stds }, x) {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += (weights[k] / stds[k]) * Math.exp(logNormal((x - means[k]) / stds[k]));
  return sum;
}
function targetTail({ weights, means, stds }, x, sign) {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += weights[k] * cdf((sign * (x - means[k])) / stds[k]);
  return sum;
}

/** u(x, t) khi ghép độc lập, công thức đóng. */
export function closedField({ weights, means, stds }, x, t) {
  let [mass, total] = [0, 0];
  weights.forEach((w, k) => {
    const [m, s] = [means[k], stds[k]];
    const variance = (1 - t) ** 2 + (t * s) ** 2;
    const away = x - t * m;
    const p = (w / Math.sqrt(variance)) * Math.exp((-0.5 * away * away) / variance);
    mass += p;
    total += p * (m + ((t * s * s - (1 - t)) * away) / variance);
  });
  return total / mass;
}

/** Hệ số C(B − 1, k) của từng cỡ lô. */
const binomials = Object.fromEntries(
  [1, 2, 4, 8, 16].map((block) => {
    const row = [1];
    for (let k = 1; k < block; k++) row.push((row[k - 1] * (block - k)) / k);
    return [block, row];
  }),
);

/** Vận tốc x₁ − x₀ khi biết x_t = x: các giá trị tăng dần và xác suất. Lô 1 điểm là ghép độc lập. */
export function conditional(target, block, x, t) {
  const choose = binomials[block];
  const velocities = new Float64Array(NODES);
  const chances = new Float64Array(NODES);
  let mass = 0;
  for (let i = 0; i < NODES; i++) {
    const node = ((2 * i) / (NODES - 1) - 1) * REACH;
    // Cầu phương theo biến nào mà biến kia đổi chậm theo nó.
    const x0 = t < 0.5 ? (x - t * node) / (1 - t) : -node;
    const x1 = t < 0.5 ? node : (x + (1 - t) * node) / t;
    let p = Math.exp(-0.5 * x0 * x0) * targetDensity(target, x1);
    if (block > 1 && p > 1e-18) {
      const up = cdf(x0) * targetTail(target, x1, 1);
      const down = cdf(-x0) * targetTail(target, x1, -1);
      let sum = 1; // Σ C(B−1, k)² up^k down^(B−1−k), theo Horner
      for (let k = block - 2, power = down; k >= 0; k--, power *= down) sum = sum * up + choose[k] * choose[k] * power;
      p *= sum;
    }
    velocities[i] = x1 - x0;
    chances[i] = p;
    mass += p;
  }
  return { velocities, chances: chances.map((p) => p / mass) };
}

const expect = ({ velocities, chances }, f = (v) => v) => velocities.reduce((sum, v, i) => sum + chances[i] * f(v), 0);

/** u(x, t) của một cách ghép trong lô `block` điểm. */
export const fieldOf = (target, block) => (x, t) =>
  block === 1 ? closedField(target, x, t) : expect(conditional(target, block, x, t));

/** Vị trí và vận tốc ở STEPS + 1 mốc dọc quỹ đạo từ x₀, Runge–Kutta bậc bốn. */
export function trajectory(u, x0) {
  const h = 1 / STEPS;
  const [path, speed] = [[x0], [u(x0, 0)]];
  for (let k = 0; k < STEPS; k++) {
    const [x, t, u1] = [path[k], k * h, speed[k]];
    const u2 = u(x + (h / 2) * u1, t + h / 2);
    const u3 = u(x + (h / 2) * u2, t + h / 2);
    const u4 = u(x + h * u3, t + h);
    path.push(x + (h / 6) * (u1 + 2 * u2 + 2 * u3 + u4));
    speed.push(u(path[k + 1], t + h));
  }
  return { path, speed, end: path[STEPS] };
}

/** Một luồng: `from(x₀)` là quỹ đạo, `euler(x₀, n)` là các mốc Euler. Nắn thẳng: đi thẳng đều tới ψ₁(x₀). */
export function flow(target, coupling, block) {
  const u = fieldOf(target, coupling === "ot" ? block : 1);
  const curved = (x0) => trajectory(u, x0);
  const straight = (x0, steps = STEPS) => {
    const speed = curved(x0).end - x0;
    const path = Array.from({ length: steps + 1 }, (_, k) => x0 + (k / steps) * speed);
    return { path, speed: path.map(() => speed), end: path[steps] };
  };
  const euler = (x0, steps) => {
    const path = [x0];
    for (let k = 0; k < steps; k++) path.push(path[k] + u(path[k], k / steps) / steps);
    return path;
  };
  return coupling === "reflow"
    ? { from: straight, euler: (x0, steps) => straight(x0, steps).path }
    : { from: curved, euler };
}

/** Các x₁ ghép với x₀: theo thứ tự đã rút, theo thứ tự lớn nhỏ trong từng lô, hay ψ₁(x₀). */
export function partners(noise, samples, coupling, block, from) {
  if (coupling === "independent") return samples;
  if (coupling === "reflow") return noise.map((x0) => from(x0).end);
  const matched = [];
  for (let a = 0; a < noise.length; a += block) {
    const rank = Array.from({ length: block }, (_, i) => a + i).sort((i, j) => noise[i] - noise[j]);
    const sorted = samples.slice(a, a + block).sort((p, q) => p - q);
    rank.forEach((i, r) => (matched[i] = sorted[r]));
  }
  return matched;
}

/** Số đôi đổi thứ tự giữa hai đầu, tức số chỗ cắt nhau của các đường thẳng. */
export function crossings(from, to) {
  let count = 0;
  for (let i = 0; i < from.length; i++) for (let j = 0; j < i; j++) count += (from[i] - from[j]) * (to[i] - to[j]) < 0;
  return count;
}

/** Chi phí, độ thẳng, mất mát nhỏ nhất và sai số Euler; kỳ vọng theo x₀ là cầu phương. */
export function measures(target, coupling, block, steps) {
  const { from, euler } = flow(target, coupling, block);
  const weights = BASE.map((x) => Math.exp(logNormal(x)));
  const mass = weights.reduce((a, b) => a + b);
  const mean = (f) => BASE.reduce((sum, x, i) => sum + weights[i] * f(x, i), 0) / mass;
  const found = BASE.map((x) => from(x));
  const simpson = (speed) => speed.reduce((sum, v, k) => sum + (k % STEPS ? (k % 2 ? 4 : 2) : 1) * v * v, 0) / (3 * STEPS);
  const kinetic = mean((_, i) => simpson(found[i].speed));
  const flowCost = mean((x, i) => (found[i].end - x) ** 2);
  const pairs = (x) => expect(conditional(target, coupling === "ot" ? block : 1, x, 0), (v) => v * v);
  const pairCost = coupling === "reflow" ? flowCost : mean(pairs);
  return {
    pair_cost: pairCost,
    flow_cost: flowCost,
    straightness: kinetic - flowCost,
    loss: pairCost - kinetic,
    euler_error: Math.sqrt(mean((x, i) => (euler(x, steps)[steps] - found[i].end) ** 2)),
  };
}

/** Vận tốc ở các phân vị LEVELS. */
function quantiles({ velocities, chances }) {
  let [sum, i] = [chances[0], 0];
  return LEVELS.map((level) => {
    while (sum < level && i < velocities.length - 1) sum += chances[++i];
    return velocities[i];
  });
}
