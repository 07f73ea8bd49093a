// Toán của hình gấp: φ(x) = x + δ·u(x) một và hai chiều, mọi nghiệm của φ(x) = y, mật độ của Y.

const LARGEST = 3; // của δ·Lip(u)
const [RADIUS, CELLS] = [3, 72]; // lưới [−3, 3]² được vẽ, số ô mỗi cạnh
const STEPS = 1000; // số bước nhiều nhất của phép lặp x ← y − δ·u(x)
const LINES = {
  contract: [(x) => -3 * Math.tanh(x), (x) => -3 / Math.cosh(x) ** 2],
  expand: [(x) => 3 * Math.tanh(x), (x) => 3 / Math.cosh(x) ** 2],
  sine: [Math.sin, Math.cos],
};

/** Hàm một chiều: {u, phi, slope}. */
export function lineMap(name, delta) {
  const [u, du] = LINES[name];
  return { u: (x) => delta * u(x), phi: (x) => x + delta * u(x), slope: (x) => 1 + delta * du(x) };
}

/** Mọi nghiệm của φ(x) = y: dò đổi dấu trên lưới rồi chia đôi. |δ·u| ≤ 3 nên |x − y| ≤ 3. */
export function roots({ phi }, y) {
  const found = [];
  const h = 0.01003; // không rơi đúng vào nghiệm x = 0 khi y = 0
  let [a, before] = [y - LARGEST - h, phi(y - LARGEST - h) >= y];
  for (let b = a + h; b < y + LARGEST + 2 * h; b += h) {
    const after = phi(b) >= y;
    if (after !== before) {
      let [low, high] = [a, b];
      for (let i = 0; i < 48; i++) {
        const middle = (low + high) / 2;
        if (phi(middle) >= y === before) low = middle;
        else high = middle;
      }
      found.push((low + high) / 2);
    }
    [a, before] = [b, after];
  }
  return found;
}

/** Nghiệm mà phép lặp x ← y − δ·u(x) tìm được từ x = y; null nếu nó không hội tụ. */
export function fixedPoint({ u }, y) {
  let [x, before] = [y, Infinity];
  for (let n = 0; n < STEPS; n++) {
    const next = y - u(x);
    const moved = Math.abs(next - x);
    if (moved < 1e-7) return next;
    if (moved > 1e-3 && Math.abs(next - before) < 1e-10) return null; // đi qua đi lại mãi
    [before, x] = [x, next];
  }
  return null;
}

const normal = (x) => Math.exp(logNormal(x));
const share = (map, x) => normal(x) / Math.abs(map.slope(x));

/** Mật độ của Y = φ(X) tại y, X ~ N(0, 1): [cộng mọi nghiệm, chỉ nghiệm của phép lặp]. */
export function densities(map, y) {
  const x = fixedPoint(map, y);
  const all = roots(map, y).reduce((sum, r) => sum + share(map, r), 0);
  return [all, x === null ? null : share(map, x)];
}

/** Tổng khối lượng của hai mật độ ấy, cộng các dải mỏng dọc đường cong. Hàm u lẻ: nửa là đủ. */
export function masses(map, strips = 7000, reach = 7) {
  const total = [0, 0];
  const h = reach / strips;
  for (let i = 0; i < strips; i++) {
    const x = (i + 0.5) * h;
    const y = map.phi(x);
    const mass = 2 * share(map, x) * Math.abs(map.phi(x + h / 2) - map.phi(x - h / 2));
    if (!Number.isFinite(mass)) continue;
    total[0] += mass;
    const found = fixedPoint(map, y);
    if (found !== null && Math.abs(found - x) < 1e-3) total[1] += mass;
  }
  return total;
}

/** Hàm hai chiều: ([x₁, x₂]) -> [y₁, y₂, J₁₁, J₁₂, J₂₁, J₂₂]. */
export function planeMap({ name, inner, bias, outer }, delta) {
  const field = ([a, b]) => {
    const s = Math.exp(-0.5 * (a * a + b * b));
    if (name === "swirl")
      return [-b * s, a * s, a * b * s, (b * b - 1) * s, (1 - a * a) * s, -a * b * s];
    if (name === "pinch") {
      const c = 0.8 * a + 0.6 * b;
      const [p, q] = [s * (c * a - 0.8), s * (c * b - 0.6)];
      return [-0.8 * c * s, -0.6 * c * s, 0.8 * p, 0.8 * q, 0.6 * p, 0.6 * q];
    }
    const out = [0, 0, 0, 0, 0, 0];
    inner.forEach(([w1, w2], k) => {
      const t = Math.tanh(w1 * a + w2 * b + bias[k]);
      const d = 1 - t * t;
      const [p, q] = [outer[0][k], outer[1][k]];
      [p * t, q * t, p * d * w1, p * d * w2, q * d * w1, q * d * w2].forEach((v, i) => (out[i] += v));
    });
    return out;
  };
  return (x) => {
    const [u, v, ...j] = field(x).map((value) => delta * value);
    return [x[0] + u, x[1] + v, 1 + j[0], j[1], j[2], 1 + j[3]];
  };
}

const det = ([, , a, b, c, d]) => a * d - b * c;

/** Lưới dày để tìm nghiệm: đỉnh và ảnh của đỉnh. */
export function tabulate(map, radius = 6.4, cells = 128) {
  const at = Float64Array.from({ length: cells + 1 }, (_, i) => radius * ((2 * i) / cells - 1));
  const image = [];
  for (const a of at) for (const b of at) image.push(map([a, b]));
  return { map, at, image, cells };
}

/** Mọi nghiệm của φ(x) = y: tam giác nào của lưới có ảnh chứa y, rồi vài bước Newton. */
export function preimages({ map, at, image, cells }, [y1, y2]) {
  const found = [];
  const size = at[1] - at[0];
  const inside = (p, q, r) => {
    const side = (s, t) => (t[0] - s[0]) * (y2 - s[1]) - (t[1] - s[1]) * (y1 - s[0]);
    const [a, b, c] = [side(p, q), side(q, r), side(r, p)];
    return (a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0);
  };
  for (let i = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      const n = i * (cells + 1) + j;
      const corners = [n, n + cells + 1, n + cells + 2, n + 1].map((k) => image[k]);
      if (corners.every((c) => c[0] < y1) || corners.every((c) => c[0] > y1)) continue;
      const [p, q, r, s] = corners;
      for (const [k, triangle] of [[p, q, r], [p, r, s]].entries()) {
        if (!inside(...triangle)) continue;
        let x = [at[i] + size * (k ? 1 / 3 : 2 / 3), at[j] + size * (k ? 2 / 3 : 1 / 3)];
        let value = map(x);
        for (let step = 0; step < 30; step++) {
          const [e1, e2, d] = [value[0] - y1, value[1] - y2, det(value)];
          const move = [value[5] * e1 - value[3] * e2, value[2] * e2 - value[4] * e1];
          const scale = Math.min(1 / Math.abs(d), size / Math.hypot(...move)) * Math.sign(d);
          if (!Number.isFinite(scale)) break; // tới đúng nghiệm, hay đúng nếp gấp
          x = [x[0] - scale * move[0], x[1] - scale * move[1]];
          value = map(x);
        }
        const exact = Math.hypot(value[0] - y1, value[1] - y2) < 1e-8;
        const fresh = found.every((f) => Math.hypot(f.x[0] - x[0], f.x[1] - x[1]) > 1e-5);
        if (exact && fresh) found.push({ x, det: det(value) });
      }
    }
  }
  return found;
}

/** Một chiều: [y, mật độ cộng mọi nghiệm, mật độ một nghiệm] khắp khung, và hai khối lượng. */
function lineTable({ name, range }, delta) {
  const map = lineMap(name, delta);
  // Không lấy đúng y = 0: ở đó phép lặp đứng yên trên một nghiệm không bền.
  const levels = Array.from({ length: 400 }, (_, i) => range[1] * ((i + 0.5) / 200 - 1));
  return { map, dense: levels.map((y) => [y, ...densities(map, y)]), mass: masses(map) };
}

const ALONG = Array.from({ length: CELLS + 1 }, (_, i) => RADIUS * ((2 * i) / CELLS - 1));
const CORNERS = ALONG.flatMap((a) => ALONG.map((b) => [a, b]));

/** Hai chiều: ảnh của các đỉnh lưới, các ô có det < 0 ở tâm, det nhỏ nhất, lưới dày tìm nghiệm. */
function planeTable(entry, delta) {
  const map = planeMap(entry, delta);
  const half = RADIUS / CELLS;
  const low = ALONG.slice(0, -1);
  const cells = low.flatMap((_, i) => low.map((__, j) => [i, j]));
  const dets = cells.map(([i, j]) => det(map([low[i] + half, low[j] + half])));
  const negative = cells.filter((_, n) => dets[n] < 0);
  return { table: tabulate(map), images: CORNERS.map(map), negative, least: Math.min(...dets) };
}

/** Nhớ kết quả của lần gọi trước, chừng nào khóa chưa đổi. */
function remember(compute) {
  let [last, value] = [null, null];
  return (entry, delta) => {
    const key = `${entry.name} ${delta}`;
    if (key !== last) [last, value] = [key, compute(entry, delta)];
    return value;
  };
}
